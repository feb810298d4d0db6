"""Tests of a whole desk get one to work with."""

from tests.support.desk import any_desk, desk

__all__ = ["any_desk", "desk"]
