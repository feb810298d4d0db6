"""The log of a desk that does not open, or that nobody may sign in to: verified by reading alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from access.audit.findings import Verification
from access.audit.verify import verify
from access.audit.witness import Witness
from access.store.engine import open_engine
from console import settings
from console.bootstrap import database_url
from console.home import Home
from masking.keys import FileKeyProvider, KeyRing


@dataclass(frozen=True, slots=True)
class _Database:
    """A database with no desk about it."""

    engine: Engine


def verify_unopened(home: Home) -> Verification:
    """Recompute the log and compare it with the checkpoints outside the database.

    Raises:
        HomeRefused, SettingsRefused, KeyProviderRefused, KeyRingBroken: it cannot be read.
        SQLAlchemyError: there is no log in the database, or no database.
    """
    home.check()
    keys = KeyRing.open(FileKeyProvider(home.keys), datetime.now(UTC))
    engine = open_engine(database_url(home, settings.load(home.settings)))
    try:
        return verify(_Database(engine), Witness(home.witness), keys.log_signer.public_key)
    finally:
        engine.dispose()
