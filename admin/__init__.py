"""The administrators' process: a status page and the public, read-only HSDS API."""
