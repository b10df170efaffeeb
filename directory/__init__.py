"""The referral directory: who helps, where, how to reach them, and who checked it.

Storage and search, starter data and exchange, with the names of the Human Services Data
Specification (HSDS) 3; it imports nothing of the assistant, the actions or the admin site.
"""
