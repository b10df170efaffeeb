"""Keeping the services true: states, who may change them, revisions, expiry and the audit log."""
