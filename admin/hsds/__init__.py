"""The public HSDS API: services that may be shown today, read-only (contract W4).

Paths, parameters and page envelope are those of the HSDS 3.0 OpenAPI document; our own document
and the page for people are made from the same tables as the routes.
"""

from admin.hsds.api import create_api

__all__ = ["create_api"]
