"""Running a team: absences, coaching notes, and the indexes that figures are counted by at any number of cases.

An absence says yes to working another's cases and to deciding in an absent head's place, so it proves itself.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, String, Table, Text, text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref
from access.store.schema.cases import case_file, promise

absence = Table(
    "absence",
    metadata,
    own_id(),
    tenant_ref(),
    Column("person_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),
    Column("cover_id", ID),  # who works the queue meanwhile; none: nobody
    Column("reason", String(16), nullable=False),  # access.people.absence.AbsenceReason
    Column("starts_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("state", String(8), nullable=False),  # set | ended
    Column("set_by", ID, nullable=False),
    *proof_columns(),
    Index("ix_absence_person", "person_id", "ends_at"),
    Index("ix_absence_cover", "cover_id", "ends_at"),
    Index("ix_absence_unit", "unit_id", "ends_at"),
    info={
        "proven": ("person_id", "unit_id", "cover_id", "reason", "starts_at", "ends_at", "state", "set_by"),
    },
)

coaching_note = Table(
    "coaching_note",
    metadata,
    own_id(),
    tenant_ref(),
    Column("unit_id", ID, nullable=False),
    Column("agent_id", ID, nullable=False),
    Column("author_id", ID, nullable=False),
    Column("case_id", ID),
    Column("text", Text, nullable=False),  # personal data masked
    Column("scores", String(200), nullable=False),  # criterion=points, comma separated; empty for a plain note
    Column("written_at", INSTANT, nullable=False),
    Column("acknowledged_at", INSTANT),
    *proof_columns(),
    Index("ix_coaching_note_agent", "agent_id", "id"),
    Index("ix_coaching_note_unit", "unit_id", "id"),
    info={
        "proven": ("unit_id", "agent_id", "author_id", "case_id", "text", "scores", "written_at", "acknowledged_at"),
    },
)

_UNTOUCHED: Final = "state = 0 AND assignee_id IS NOT NULL"

Index(
    "ix_case_file_untouched",
    case_file.c.assignee_id,
    case_file.c.id,
    sqlite_where=text(_UNTOUCHED),
    postgresql_where=text(_UNTOUCHED),
)
Index("ix_promise_made", promise.c.made_by, promise.c.made_at)
Index("ix_promise_owed", promise.c.made_by, promise.c.due_on)
