"""The tables of the directory, named as in HSDS 3; each module holds one topic."""

from directory.models.access import Contact, Language, Phone, Schedule, Url
from directory.models.base import Base, metadata
from directory.models.health import LinkCheck
from directory.models.location import Accessibility, Address, Location, ServiceAtLocation
from directory.models.organization import (
    Funding,
    Organization,
    OrganizationIdentifier,
    Program,
)
from directory.models.record import (
    DirectoryInfo,
    Metadata,
    MetaTableDescription,
    Provenance,
    UnresolvedReference,
)
from directory.models.search import SearchEntry, SearchOpening, ServiceText
from directory.models.service import CostOption, RequiredDocument, Service, ServiceArea
from directory.models.taxonomy import Attribute, Taxonomy, TaxonomyTerm
from directory.models.vetting import AuditEntry, Revision, Verification

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "AuditEntry",
    "Base",
    "Contact",
    "CostOption",
    "DirectoryInfo",
    "Funding",
    "Language",
    "LinkCheck",
    "Location",
    "MetaTableDescription",
    "Metadata",
    "Organization",
    "OrganizationIdentifier",
    "Phone",
    "Program",
    "Provenance",
    "RequiredDocument",
    "Revision",
    "Schedule",
    "SearchEntry",
    "SearchOpening",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceText",
    "Taxonomy",
    "TaxonomyTerm",
    "UnresolvedReference",
    "Url",
    "Verification",
    "metadata",
]
