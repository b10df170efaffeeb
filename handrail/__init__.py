"""The command line of Handrail: the one place that knows all the other packages."""
