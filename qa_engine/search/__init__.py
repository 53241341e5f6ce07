"""Search over what was said: one form of a text to look in, the index terms of it, the query language, and the check of
every candidate on its characters. Pure: the store asks, this decides."""

from __future__ import annotations
