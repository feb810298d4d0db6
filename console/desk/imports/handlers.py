"""Importing this registers every call about lenders' files and their sources."""

from console.desk.imports import approval, drop_keys, dropped, lender_keys, sources, start, uploads

__all__ = ["approval", "drop_keys", "dropped", "lender_keys", "sources", "start", "uploads"]
