"""Verifies the log: every event recomputed, every root compared with what was signed and kept outside.

What one pass proves: each body has the hash that the log kept, each searchable column says what the body says, the
sequence has no gap, and at every size that was ever signed the tree has the root that was signed. What it cannot see:
events younger than the newest checkpoint that were changed together with their hashes, and a witness file that was cut
together with log and copies; the interval of checkpoints bounds the first, another machine's copy of the file the
second. How notes are read is in `access.audit.notes`; what makes them is in `access.audit.checkpoints`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Engine, func, select

from access.audit.findings import NOTICES, Finding, Kind, Verification
from access.audit.passage import Passage
from access.audit.rows import stream
from access.audit.tree import Frontier
from access.audit.trust import TrustedRoots, trusted_roots
from access.audit.witness import Witness
from access.context import SECOND
from access.errors import WitnessBroken
from access.store import triggers
from access.store.engine import is_sqlite
from access.store.schema import audit_checkpoint, audit_event, audit_head, audit_outbox
from masking.gm import Sm2PublicKey

_REWIND_SQLITE = 2 * SECOND
_REWIND_POSTGRES = 120 * SECOND  # acts overlap there, and each is dated by its beginning


class Logged(Protocol):
    """Whatever holds a log: a store, or no more than the engine of one that the desk refuses to open."""

    @property
    def engine(self) -> Engine:
        """The database."""
        ...


def verify(store: Logged, witness: Witness, keys: Sm2PublicKey | Sequence[Sm2PublicKey]) -> Verification:
    """Recompute the whole log and compare it with its witness. Never call it from inside an act.

    Args:
        store: Whose log it is; read in one transaction while acts go on.
        witness: The file of checkpoints outside the database.
        keys: The log's public keys, past ones too.

    Raises:
        SQLAlchemyError: The database cannot be read.
    """
    started = time.monotonic()
    trusted = [keys] if isinstance(keys, Sm2PublicKey) else list(keys)
    found: list[Finding] = []
    # The witness first: the log may grow meanwhile, and may then only be ahead of it.
    try:
        notes, faults = witness.read()
        lost = False
    except WitnessBroken:
        notes, faults, lost = [], [], True
    with store.engine.connect() as connection:
        found += [Finding(Kind.TRIGGER_MISSING, None, name) for name in triggers.broken(connection)]
        head = connection.execute(select(audit_head.c.size, audit_head.c.frontier)).one()
        copies = {
            row.size: (bytes(row.root), bytes(row.note))
            for row in connection.execute(
                select(audit_checkpoint.c.size, audit_checkpoint.c.root, audit_checkpoint.c.note)
            )
        }
        waiting = connection.execute(select(func.count()).select_from(audit_outbox)).scalar_one()
        roots = trusted_roots(notes, faults, copies, trusted, lost=lost)
        found += roots.findings
        tolerance = _REWIND_SQLITE if is_sqlite(connection) else _REWIND_POSTGRES
        passage = Passage(roots.by_size, tolerance)
        for chunk in stream(connection):
            passage.take(chunk)
        passage.end()
        found += passage.findings
        found += [
            Finding(Kind.EVENT_DUPLICATED, row.seq, f"{row.count} times")
            for row in connection.execute(
                select(func.max(audit_event.c.seq).label("seq"), func.count().label("count"))
                .group_by(audit_event.c.event_id)
                .having(func.count() > 1)
            )
        ]
    found += _ends(passage.frontier, passage.last, (head.size, bytes(head.frontier)), roots, copies)
    if waiting:
        found.append(Finding(Kind.WAITING, None, str(waiting)))
    return Verification(
        events=passage.events,
        checkpoints=len(roots.by_size),
        waiting=waiting,
        root=passage.frontier.root(),
        seconds=time.monotonic() - started,
        findings=tuple(one for one in found if one.kind not in NOTICES),
        notices=tuple(one for one in found if one.kind in NOTICES),
    )


def _ends(
    frontier: Frontier, last: int, head: tuple[int, bytes], roots: TrustedRoots, copies: dict[int, tuple[bytes, bytes]]
) -> list[Finding]:
    """Compare where the log ends with where head, copies and witness say that it ends."""
    found: list[Finding] = []
    newest = max(roots.by_size, default=0)
    if newest == 0 and last > 0:
        found.append(Finding(Kind.NEVER_SIGNED, last))
    if last < newest:
        # A head and copies that end with the events are those of an older, whole database.
        whole = head[0] == last and max(copies, default=0) <= last
        kind = Kind.ROLLED_BACK if whole else Kind.TAIL_CUT
        found.append(Finding(kind, last + 1, f"{last + 1}..{newest}"))
    elif head[0] > last:
        found.append(Finding(Kind.TAIL_CUT, last + 1, f"{last + 1}..{head[0]}"))
    if head[0] != frontier.size or head[1] != frontier.pack():
        found.append(Finding(Kind.HEAD_DIFFERS, None, str(head[0])))
    return found
