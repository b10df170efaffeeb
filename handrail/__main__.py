"""Lets `python -m handrail` do what the `handrail` command does."""

from handrail.cli import app

app()
