"""The health of the directory: web addresses that fail, likely duplicates and doubtful numbers.

Everything here reports to administrators; nothing here changes a service.
"""
