"""What can be seen of a desk's health from outside it: files, settings, keys, schema, clock, log.

Each check answers ok, warn or bad with a mask-safe detail; one that cannot be made is bad, never left out.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from access.audit import verify
from access.audit.findings import Verification
from access.audit.witness import Witness
from access.errors import AccessError
from access.policy import ACTIONS
from access.store.engine import is_sqlite
from access.store.migrations import drift
from access.store.schema import audit_event
from console.desk.api.people import Check
from console.desk.parts import Parts
from console.doctor import lines
from console.home import Home
from masking.errors import MaskingError
from masking.gm import self_test
from masking.keys import FileKeyProvider

OK: Final = "ok"
WARN: Final = "warn"
BAD: Final = "bad"

_NAMED: Final = 5
_CHAT: Final = 16  # row of requirements §3.2


def files(home: Home) -> Iterator[Check]:
    """Owner and mode of everything below the home."""
    strange: list[str] = []
    for path in (home.root, *sorted(home.root.rglob("*"))):
        state = path.lstat()
        if stat.S_ISLNK(state.st_mode) or state.st_uid != os.geteuid() or stat.S_IMODE(state.st_mode) & 0o077:
            strange.append(str(path.relative_to(home.root)))
    yield Check(name="files", state=BAD if strange else OK, detail=" ".join(strange[:_NAMED]))
    waiting = [path for path in home.temporary.rglob("*") if path.is_file()] if home.temporary.is_dir() else []
    yield Check(name="temporary", state=WARN if waiting else OK, detail=str(len(waiting)) if waiting else "")


def ground() -> Iterator[Check]:
    """The national algorithms, against their standards' vectors."""
    try:
        self_test()
    except MaskingError as fault:
        yield Check(name="algorithms", state=BAD, detail=fault.code)
    else:
        yield Check(name="algorithms", state=OK)


def chat() -> Iterator[Check]:
    """Instant messaging is not offered: no act stands in its row of the matrix, so nobody can be allowed one."""
    acts = sorted(action.value for action, spec in ACTIONS.items() if _CHAT in {row for row, _ in spec.permits})
    yield Check(name="chat", state=BAD if acts else OK, detail=" ".join(acts[:_NAMED]))


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except (AccessError, MaskingError) as fault:
        return Check(name=name, state=BAD, detail=fault.code)


def desk(home: Home, parts: Parts) -> Iterator[Check]:
    """Everything that needs the desk's keys and database."""
    yield _guarded("keys", lambda: _keys(home, parts))
    yield _guarded("schema", lambda: _schema(parts))
    yield _guarded("triggers", lambda: _triggers(parts))
    yield _guarded("store", lambda: _store(parts))
    yield _guarded("clock", lambda: _clock(parts))
    yield _guarded(
        "log", lambda: log(verify.verify(parts.store, Witness(home.witness), parts.keys.log_signer.public_key))
    )
    yield from lines.calls(home, parts)
    yield _guarded("messages", lambda: lines.messages(parts))


def _keys(home: Home, parts: Parts) -> Check:
    status = parts.keys.status()
    data = home.database if home.database.exists() else home.root
    together = status.provider == FileKeyProvider.kind and FileKeyProvider(home.keys).shares_volume_with(data)
    detail = f"{status.profile} {status.provider} {len(status.keys)}"
    return Check(name="keys", state=WARN if together else OK, detail=detail)


def _schema(parts: Parts) -> Check:
    found = [f"{one.kind}:{one.name}" for one in drift(parts.store.engine) if one.kind != "trigger"]
    return Check(name="schema", state=BAD if found else OK, detail=" ".join(found[:_NAMED]))


def _triggers(parts: Parts) -> Check:
    found = [one.name for one in drift(parts.store.engine) if one.kind == "trigger"]
    return Check(name="triggers", state=BAD if found else OK, detail=" ".join(found[:_NAMED]))


def _store(parts: Parts) -> Check:
    engine = parts.store.engine
    if not is_sqlite(engine):
        return Check(name="store", state=OK, detail="postgresql")
    with engine.connect() as connection:
        wrong = [
            name
            for name, wanted in (("journal_mode", "wal"), ("secure_delete", 1), ("synchronous", 2), ("foreign_keys", 1))
            if connection.exec_driver_sql(f"PRAGMA {name}").scalar() != wanted
        ]
        if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            wrong.append("quick_check")
    return Check(name="store", state=BAD if wrong else OK, detail=" ".join(wrong) or "sqlite")


def _clock(parts: Parts) -> Check:
    with parts.store.engine.connect() as connection:
        newest = connection.execute(select(func.max(audit_event.c.at))).scalar() or 0
    return Check(name="clock", state=OK if parts.clock.now_us() >= newest else BAD)


def log(seen: Verification) -> Check:
    """What a verification of the log found."""
    detail = f"{seen.events} {seen.checkpoints}"
    if not seen.ok:
        detail = " ".join(f"{one.kind}@{one.position}" for one in seen.findings[:_NAMED])
    return Check(name="log", state=OK if seen.ok else BAD, detail=detail)


def drops(drop: Path) -> Iterator[Check]:
    """Lenders' files that nobody has loaded yet stand there in clear until they are."""
    waiting = [path for path in drop.rglob("*") if path.is_file()] if drop.is_dir() else []
    yield Check(name="drops", state=WARN if waiting else OK, detail=str(len(waiting)) if waiting else "")


def quarantine(aside: Path) -> Iterator[Check]:
    """Files that were put aside and not destroyed yet."""
    kept = [path for path in aside.rglob("*") if path.is_file()] if aside.is_dir() else []
    yield Check(name="quarantine", state=WARN if kept else OK, detail=str(len(kept)) if kept else "")
