"""The log for those who may read it: pages, verification, checkpoints."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Value


class LogEntry(Value, frozen=True, kw_only=True):
    """One event, names resolved for the reader."""

    seq: int
    at: int
    staff_no: str
    person: str
    role: str
    action: str
    result: str
    rule: str
    case_number: str
    fields: tuple[str, ...]
    approval: str
    source: str
    terminal: str
    session: str
    detail: tuple[tuple[str, str], ...]


class LogPage(Value, frozen=True, kw_only=True):
    """Newest first; `cursor` continues towards older; `size` of the log; newest checkpoint's size and instant."""

    entries: tuple[LogEntry, ...]
    cursor: int | None
    size: int
    checkpoint_size: int
    checkpoint_at: int | None


class ReadLog(Call[LogPage], frozen=True, kw_only=True, tag="log.read"):
    """Filters are exact: staff number, case number, action (or its beginning up to a colon), instants."""

    staff_no: str = ""
    case_number: str = ""
    action: str = ""
    since: int | None = None
    until: int | None = None
    before: int | None = None
    limit: int = 50


class Finding(Value, frozen=True, kw_only=True):
    """One thing wrong with the log. position: sequence number, None where it concerns the whole."""

    kind: str
    position: int | None
    detail: str = ""


class VerificationView(Value, frozen=True, kw_only=True):
    """ok: nothing found. events and checkpoints: how many were checked. waiting: events not yet chained."""

    ok: bool
    events: int
    checkpoints: int
    waiting: int
    root: str
    seconds: float
    findings: tuple[Finding, ...]


class VerifyLog(Call[VerificationView], frozen=True, kw_only=True, tag="log.verify"):
    """Recompute everything and compare it with the checkpoints outside the database."""


class CheckpointView(Value, frozen=True, kw_only=True):
    """A signed checkpoint."""

    size: int
    root: str
    at: int
    note: str


class TakeCheckpoint(Call[CheckpointView], frozen=True, kw_only=True, tag="log.checkpoint"):
    """Sign the log's head now."""

    writes: ClassVar[bool] = True
