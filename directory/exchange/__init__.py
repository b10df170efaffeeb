"""Bringing records in and giving them out: the starter CSV and HSDS files."""
