"""Migrations: forward only, configured in code, one transaction for all that are due.

`migrate` brings a database to this program's schema and installs the log's triggers afresh after every run, because a
table that SQLite rebuilds loses its own. `drift` compares what is there with what the program expects. A database that
a later program has migrated is refused.
"""

from access.store.migrations.drift import Drift, drift
from access.store.migrations.runner import head, migrate, require_current, revision

__all__ = ["Drift", "drift", "head", "migrate", "require_current", "revision"]
