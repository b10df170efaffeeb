"""Finding services: for a person in need, in neighbouring countries, and by free text."""

from directory.search.found import FoundPhone, FoundService
from directory.search.query import ServiceQuery
from directory.search.service_search import SearchResult, search

__all__ = ["FoundPhone", "FoundService", "SearchResult", "ServiceQuery", "search"]
