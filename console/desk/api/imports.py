"""Lenders' files: sources, dry run, loading, approval, what was refused."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from console.desk.api.base import Call, Value


class SourceView(Value, frozen=True, kw_only=True):
    """A lender as registered. state: proposed | registered | retired."""

    source_id: str
    name: str
    tenant: str
    unit: str
    state: str
    signs: bool


class SourceList(Value, frozen=True, kw_only=True):
    """Sources this person may see."""

    sources: tuple[SourceView, ...]


class ListSources(Call[SourceList], frozen=True, kw_only=True, tag="imports.sources"):
    """Known lenders."""


class ProposeSource(Call[SourceView], frozen=True, kw_only=True, tag="imports.propose_source"):
    """A supervisor names a lender for the own team; public_key: PEM text of its SM2 key, empty for none."""

    writes: ClassVar[bool] = True
    name: str
    public_key: str = ""


class RegisterSource(Call[SourceView], frozen=True, kw_only=True, tag="imports.register_source"):
    """The security admin registers a proposed lender."""

    writes: ClassVar[bool] = True
    source_id: str


class RekeySource(Call[SourceView], frozen=True, kw_only=True, tag="imports.rekey_source"):
    """A supervisor names a lender's new key: the old one counts no more, the new one once the lender is registered."""

    writes: ClassVar[bool] = True
    source_id: str
    public_key: str


class RetireSource(Call[SourceView], frozen=True, kw_only=True, tag="imports.retire_source"):
    """The security admin takes no more files of a lender; a new key proposes it anew."""

    writes: ClassVar[bool] = True
    source_id: str


class DroppedFile(Value, frozen=True, kw_only=True):
    """A whole file that a lender left.

    key: names it in `StartImport.drop`. name: masked. kind: empty when its name does not say. size: bytes. arrived:
    microseconds.
    """

    key: str
    source: str
    name: str
    kind: str
    size: int
    arrived: int


class DroppedFiles(Value, frozen=True, kw_only=True):
    """Oldest first."""

    files: tuple[DroppedFile, ...]


class ListDropped(Call[DroppedFiles], frozen=True, kw_only=True, tag="imports.dropped"):
    """Files in lenders' drops that this person may load."""


class RowFault(Value, frozen=True, kw_only=True):
    """One thing wrong. row: data row from 1, 0 for the whole file; column: header; code: text key; hint: masked."""

    row: int
    column: str
    code: str
    hint: str = ""


class ImportReport(Value, frozen=True, kw_only=True):
    """What happened, or in a dry run would happen.

    state: running | dry | published | waiting | refused | quarantined | cancelled | failed. done and total: bytes or
    rows, for a bar (`total` 0: unknown). faults: the first 200. faults_unnamed: how many of faults_total the reject
    report does not name. longest_pause: microseconds others waited at most. kept_until: until when the file lies in
    quarantine, microseconds, 0 where none does. left: what of a published file is not cleared away yet: rows | file.
    """

    job_id: str
    batch_id: str | None
    source: str
    kind: str
    file_name: str
    state: str
    done: int = 0
    total: int = 0
    rows: int = 0
    good_rows: int = 0
    bad_rows: int = 0
    new_cases: int = 0
    new_accounts: int = 0
    changed_accounts: int = 0
    skipped_rows: int = 0
    mapping: tuple[tuple[str, str], ...] = ()
    faults: tuple[RowFault, ...] = ()
    faults_total: int = 0
    seconds: float = 0.0
    longest_pause: int = 0
    faults_unnamed: int = 0
    kept_until: int = 0
    left: tuple[str, ...] = ()


class StartImport(Call[ImportReport], frozen=True, kw_only=True, tag="imports.start"):
    """Begin; follow with `ReadImport` or pushes of kind `import`.

    path: on the desk's machine; in prod empty, with `drop` naming a file in the lender's drop, by name or key.
    dropped: headers to leave out. mapping: header → field, overriding what is recognised; `-` drops.
    """

    writes: ClassVar[bool] = True
    path: str
    source: str
    kind: str = "cases"
    dropped: tuple[str, ...] = ()
    mapping: dict[str, str] = msgspec.field(default_factory=dict)
    accept_good: bool = False
    dry_run: bool = False
    destroy: bool = False
    drop: str = ""


class ReadImport(Call[ImportReport], frozen=True, kw_only=True, tag="imports.read"):
    """Where a job stands."""

    job_id: str


class CancelImport(Call[ImportReport], frozen=True, kw_only=True, tag="imports.cancel"):
    """Stop a running job; nothing of it stays."""

    writes: ClassVar[bool] = True
    job_id: str


class ImportList(Value, frozen=True, kw_only=True):
    """Newest first."""

    imports: tuple[ImportReport, ...]


class ListImports(Call[ImportList], frozen=True, kw_only=True, tag="imports.list"):
    """Past and waiting imports this person may see."""


class FaultPage(Value, frozen=True, kw_only=True):
    """Faults in row order; `cursor` continues."""

    faults: tuple[RowFault, ...]
    cursor: int | None


class ReadFaults(Call[FaultPage], frozen=True, kw_only=True, tag="imports.faults"):
    """The masked reject report of a batch."""

    batch_id: str
    after: int = 0


class ApproveImport(Call[ImportReport], frozen=True, kw_only=True, tag="imports.approve"):
    """The security admin publishes or refuses a waiting batch."""

    writes: ClassVar[bool] = True
    batch_id: str
    approve: bool
