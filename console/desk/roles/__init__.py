"""Roles: applied for, carried from person to person, kept, taken away."""
