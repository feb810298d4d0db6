"""What every test gets: the project's modules, clause marks that are reported, and honesty about what was not run.

The tree comes last on the path, so that an installed Veildesk is tested as it was installed and a checkout as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

_ROOT = str(Path(__file__).resolve().parent.parent)
sys.path.insert(0, _ROOT)  # a distribution of a dependency brings a package `tests` of its own

pytest_plugins = ["tests.support.clauses", "tests.support.notrun", "tests.support.stores"]

# Machines that run this are shared: how long one example takes says nothing about the program.
settings.register_profile("veildesk", deadline=None, database=None)
settings.load_profile("veildesk")
