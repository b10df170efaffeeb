"""The files and columns of HSDS tabular data, as in its datapackage.json.

Names of files are the specification's; `urls.csv` (HSDS 3.1), `provenance.csv` (ours) and some
columns are additional.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Column

from directory.exchange.nesting import INTERNAL
from directory.models import metadata

FILES: Mapping[str, str] = {
    "organization": "organizations.csv",
    "program": "programs.csv",
    "service": "services.csv",
    "attribute": "attributes.csv",
    "service_at_location": "service_at_location.csv",
    "location": "locations.csv",
    "phone": "phones.csv",
    "contact": "contacts.csv",
    "address": "addresses.csv",
    "schedule": "schedules.csv",
    "funding": "funding.csv",
    "service_area": "service_areas.csv",
    "required_document": "required_documents.csv",
    "language": "languages.csv",
    "accessibility": "accessibility.csv",
    "taxonomy": "taxonomies.csv",
    "taxonomy_term": "taxonomy_terms.csv",
    "metadata": "metadata.csv",
    "meta_table_description": "meta_table_descriptions.csv",
    "cost_option": "cost_options.csv",
    "organization_identifier": "organization_identifiers.csv",
    "url": "urls.csv",
    "provenance": "provenance.csv",
}
"""The file of each table; other tables are not exchanged."""

DATAPACKAGE = "datapackage.json"


@cache
def exchanged_columns(table: str) -> tuple[Column, ...]:
    """The columns of a table that a file has, in their order."""
    internal = INTERNAL.get(table, frozenset())
    return tuple(c for c in metadata.tables[table].c if c.name not in internal)
