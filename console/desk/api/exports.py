"""Getting a file out: asked for, agreed to, made in the background, released, fetched, returned or destroyed."""

from __future__ import annotations

from typing import ClassVar, Literal

from console.desk.api.base import Call, Value

FilePurpose = Literal["operations", "modelling", "audit", "dispute", "outsourcing", "regulator"]
Reach = Literal["internal", "agency", "external"]
Profile = Literal["display", "analytics"]
Template = Literal["list", "case"]
FileFormat = Literal["csv", "xlsx", "pdf"]
Basis = Literal["duty", "contract", "consent", "statute"]

PURPOSES: tuple[FilePurpose, ...] = ("operations", "modelling", "audit", "dispute", "outsourcing", "regulator")
REACHES: tuple[Reach, ...] = ("internal", "agency", "external")
PROFILES: tuple[Profile, ...] = ("display", "analytics")
BASES: tuple[Basis, ...] = ("duty", "contract", "consent", "statute")


class Rule(Value, frozen=True, kw_only=True):
    """Which cases: all that is given must hold; nothing here looks at a hidden value. due: minor units.

    case: one case alone, by number or id; kept as id.
    """

    case: str = ""
    days_from: int | None = None
    days_to: int | None = None
    due_from: int | None = None
    due_to: int | None = None


class FieldChoice(Value, frozen=True, kw_only=True):
    """A column that may be asked for. level: 1 to 4, alone; analytics: whether that profile shows it."""

    name: str
    level: int
    analytics: bool


class UnitChoice(Value, frozen=True, kw_only=True):
    """A unit whose cases may be asked for. agency: it is an outside one."""

    unit_id: str
    name: str
    agency: bool


class ExportOptions(Value, frozen=True, kw_only=True):
    """What a request may say. formats: that this desk makes; sealed: a recipient's key is needed."""

    fields: tuple[FieldChoice, ...]
    units: tuple[UnitChoice, ...]
    formats: tuple[str, ...]
    sealed: bool
    most_days: int
    overdue: tuple[str, ...]


class GetExportOptions(Call[ExportOptions], frozen=True, kw_only=True, tag="exports.options"):
    """What a request may say, for the form."""


class Consent(Value, frozen=True, kw_only=True):
    """One step of the chain. verdict: empty while it waits."""

    role: str
    person: str
    verdict: str
    words: str
    at: int | None


class ExportView(Value, frozen=True, kw_only=True):
    """One export. may: what the viewer may do to it now, e.g. `approve`; matching: cases the rule meets now.

    state: draft | pending | approved | generating | ready | released | fetched | returned | destroyed | expired |
    failed | rejected | withdrawn | cancelled. key: the recipient's, its first 16 hexadecimal digits, empty without.
    digest: SM3 of the file as it leaves. case: the number of the one case that a printout is of. done of total: rows,
    while it is made.
    """

    export_id: str
    number: str
    state: str
    unit: str
    asker: str
    asked_at: int
    purpose: str
    words: str
    reach: str
    recipient: str
    key: str
    fields: tuple[str, ...]
    rule: Rule
    row_cap: int
    profile: str
    format: str
    locked: bool = False
    use_until: int
    basis: str
    assessment: str
    notice: str
    template: str
    case: str
    level: int
    combinations: tuple[str, ...]
    chain: tuple[Consent, ...]
    matching: int | None
    rows: int | None
    left_out: int | None
    size: int | None
    digest: str
    sealed: bool
    done: int
    total: int
    overdue: bool
    released_by: str
    expires_at: int | None
    fetched_at: int | None
    file_name: str
    may: tuple[str, ...]
    version: int


class DraftExport(Call[ExportView], frozen=True, kw_only=True, tag="exports.draft"):
    """Write a request down and see who must agree; nobody is asked yet.

    template: a row for each case, or a line for each field of the one that the rule names: a printout. notice: when a
    large batch for outside was reported, as `2026-10-12`, or `statute` or `order` where it need not be (R-73). unit_id:
    whose cases; empty for one's own, or the one case's. recipient_key: SM2 public key in PEM. use_days: how long
    the file may be used. It never crosses the border; there is no field to ask for that (J-19).
    """

    writes: ClassVar[bool] = True
    purpose: FilePurpose
    words: str
    reach: Reach = "internal"
    recipient: str
    recipient_key: str = ""
    unit_id: str = ""
    fields: tuple[str, ...]
    rule: Rule = Rule()
    row_cap: int
    profile: Profile = "display"
    format: FileFormat = "csv"
    locked: bool = False
    use_days: int = 7
    basis: Basis = "duty"
    assessment: str = ""
    notice: str = ""
    template: Template = "list"


class SubmitExport(Call[ExportView], frozen=True, kw_only=True, tag="exports.submit"):
    """Ask for it."""

    writes: ClassVar[bool] = True
    export_id: str
    version: int


class WithdrawExport(Call[ExportView], frozen=True, kw_only=True, tag="exports.withdraw"):
    """The asker takes it back, at any time before the file is fetched; a file that is there is destroyed."""

    writes: ClassVar[bool] = True
    export_id: str


class CancelExport(Call[ExportView], frozen=True, kw_only=True, tag="exports.cancel"):
    """Security or compliance stops it, at any time before the file is fetched."""

    writes: ClassVar[bool] = True
    export_id: str
    words: str


class DecideExport(Call[ExportView], frozen=True, kw_only=True, tag="exports.decide"):
    """Agree to it, or not, as seen in that version. After the last agreement the desk makes the file."""

    writes: ClassVar[bool] = True
    export_id: str
    version: int
    approve: bool
    words: str = ""


class ReleaseExport(Call[ExportView], frozen=True, kw_only=True, tag="exports.release"):
    """Let the finished file go, by somebody who cannot open it."""

    writes: ClassVar[bool] = True
    export_id: str
    version: int


class FetchExport(Call[ExportView], frozen=True, kw_only=True, tag="exports.fetch"):
    """Put the released file into the desk's outbox, once."""

    writes: ClassVar[bool] = True
    export_id: str


class FilePassword(Value, frozen=True, kw_only=True):
    """What opens a locked file. It is nowhere any more once it is shown."""

    number: str
    password: str


class TakePassword(Call[FilePassword], frozen=True, kw_only=True, tag="exports.password"):
    """Show the password of a released file to who asked for it, once; the file itself goes another way.

    It is no write: an answer that is kept would be a password that is kept.
    """

    export_id: str


class ConfirmExport(Call[ExportView], frozen=True, kw_only=True, tag="exports.confirm"):
    """Say that every copy was returned or destroyed."""

    writes: ClassVar[bool] = True
    export_id: str
    how: Literal["returned", "destroyed"]
    words: str = ""


class ExportList(Value, frozen=True, kw_only=True):
    """Newest first; those that wait for the viewer's decision before all others."""

    exports: tuple[ExportView, ...]


class ListExports(Call[ExportList], frozen=True, kw_only=True, tag="exports.list"):
    """Exports that the viewer asked for, may decide on, release or watch."""


class ReadExport(Call[ExportView], frozen=True, kw_only=True, tag="exports.read"):
    """One export, by id or number."""

    export_id: str


class BasisRecorded(Value, frozen=True, kw_only=True):
    """How many of the cases named are now on record. ambiguous: numbers that several lenders have."""

    recorded: int
    unknown: int
    ambiguous: int = 0


class RecordBasis(Call[BasisRecorded], frozen=True, kw_only=True, tag="exports.record_basis"):
    """Compliance puts on record on what basis rows of these cases may go to an outside recipient, for so many days.

    source: the lender whose cases they are; needed where numbers alone would mean cases of several.
    """

    writes: ClassVar[bool] = True
    cases: tuple[str, ...]
    recipient: str
    basis: Literal["consent", "contract", "statute"]
    reference: str
    days: int
    source: str = ""
