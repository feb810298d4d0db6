"""Leak tests drive whole desks."""

from tests.support.desk import any_desk, desk

__all__ = ["any_desk", "desk"]
