"""The tables of the directory, named as in HSDS 3; each module holds one topic."""

from directory.models.access import Contact, Language, Phone, Schedule, Url
from directory.models.base import Base, metadata
from directory.models.location import Accessibility, Address, Location, ServiceAtLocation
from directory.models.organization import (
    Funding,
    Organization,
    OrganizationIdentifier,
    Program,
)
from directory.models.record import DirectoryInfo, Metadata, Provenance
from directory.models.service import CostOption, RequiredDocument, Service, ServiceArea
from directory.models.taxonomy import Attribute, Taxonomy, TaxonomyTerm

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "Base",
    "Contact",
    "CostOption",
    "DirectoryInfo",
    "Funding",
    "Language",
    "Location",
    "Metadata",
    "Organization",
    "OrganizationIdentifier",
    "Phone",
    "Program",
    "Provenance",
    "RequiredDocument",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "Taxonomy",
    "TaxonomyTerm",
    "Url",
    "metadata",
]
