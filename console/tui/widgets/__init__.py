"""Pieces that several screens share. They draw lines of cells, never markup."""
