"""Importing this registers every call about lenders' files and their sources."""

from console.desk.imports import approval, sources, start

__all__ = ["approval", "sources", "start"]
