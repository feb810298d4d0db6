"""The typed calls that screens and commands make, and the frozen values that come back.

Nothing here opens a database, a key or a file, so a session process may import it. `calls()` lists every call there
is; the wire decoder and the handler registry are both built from that list, so a call without a handler cannot start.
"""

from __future__ import annotations

from console.desk.api import (
    assign,
    cases,
    challenge,
    contact,
    contacts,
    drops,
    explain,
    exports,
    imports,
    log,
    marks,
    notes,
    people,
    possession,
    record,
    reveal,
    roles,
    session,
    staff,
    strategy,
    team,
    trace,
    verify,
    work,
)
from console.desk.api.base import AnyCall, Call, Desk, DeskError, Done, Push, Refusal, reply_type

__all__ = [
    "AnyCall",
    "Call",
    "Desk",
    "DeskError",
    "Done",
    "Push",
    "Refusal",
    "assign",
    "calls",
    "cases",
    "challenge",
    "contact",
    "contacts",
    "drops",
    "explain",
    "exports",
    "imports",
    "log",
    "marks",
    "notes",
    "people",
    "possession",
    "record",
    "reply_type",
    "reveal",
    "roles",
    "session",
    "staff",
    "strategy",
    "team",
    "trace",
    "verify",
    "work",
]


def calls() -> tuple[type[AnyCall], ...]:
    """Every concrete call, in the order of their tags."""
    found: list[type[AnyCall]] = []
    for module in (
        session,
        cases,
        reveal,
        imports,
        log,
        marks,
        people,
        notes,
        contact,
        contacts,
        verify,
        work,
        team,
        record,
        staff,
        roles,
        explain,
        assign,
        strategy,
        possession,
        exports,
        drops,
        trace,
        challenge,
    ):
        found += [
            item
            for item in vars(module).values()
            if isinstance(item, type) and issubclass(item, Call) and item.__module__ == module.__name__
        ]
    return tuple(sorted(found, key=lambda call: str(call.__struct_config__.tag)))
