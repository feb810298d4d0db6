"""What an import was started with, and everything about it that was decided when it was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from access.roles import Role
from console.desk.api.imports import StartImport
from console.desk.imports.fields import Kind
from console.desk.line import Line


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for, and everything about it that was decided when it was.

    Attributes:
        job_id: Of the job, and of the batch when there is one.
        path: The file; none when it lies in the lender's drop.
        line: Who speaks, as it was then.
        role: In which it was allowed.
        standing: For a file that nobody asked for, who proposed its lender; empty where somebody asked.
    """

    job_id: str
    request: StartImport
    kind: Kind
    path: Path | None
    source_id: str
    source_name: str
    tenant_id: str
    unit_id: str
    agency_id: str | None
    registered: bool
    public_key: bytes | None
    remembered: dict[str, str]
    line: Line
    role: Role | None
    standing: str = ""
