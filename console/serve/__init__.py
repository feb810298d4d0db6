"""Doors to the desk: today the Unix socket that other terminals of the same machine attach through."""
