"""Tests of a whole desk get one to work with."""

from tests.support.desk import any_desk, desk
from tests.support.factored import factored

__all__ = ["any_desk", "desk", "factored"]
