"""Blind verification."""
