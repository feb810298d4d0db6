"""Contact data that somebody proposes and a supervisor checks."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Value

LAWFUL_SOURCES = ("contract", "customer", "authorised", "public", "told_by_contact", "bureau")
"""Where a contact datum may lawfully come from (requirements F-2, §5-13); the order that a form offers."""

CONTACT_FIELDS = (
    "mobile",
    "contact_phone",
    "email",
    "im_account",
    "home_address",
    "employer_address",
    "registered_address",
)
"""Catalogue fields that are contact data; the order that a form offers."""


class ContactChange(Value, frozen=True, kw_only=True):
    """A proposed contact datum as this viewer sees it.

    Attributes:
        name, masked: in the viewer's masks.
        ordinal: which datum it corrects; 0: an additional one. placed: where it came to stand.
        lawful_source: empty when the checker is to say it. lead: from an agency.
        note: masked text of the note it was found in. mine: the viewer proposed it. checkable: the viewer may decide.
    """

    change_id: str
    case_id: str
    case_number: str
    name: str
    field: str
    ordinal: int
    placed: int
    masked: str
    lawful_source: str
    lead: bool
    note: str
    state: str
    asked_at: int
    staff_no: str
    person: str
    checked_by: str
    reason: str
    mine: bool
    checkable: bool
    version: int


class ContactChanges(Value, frozen=True, kw_only=True):
    """Those this viewer may see, oldest first while they wait, else newest first."""

    items: tuple[ContactChange, ...]


class ListContactChanges(Call[ContactChanges], frozen=True, kw_only=True, tag="contacts.changes"):
    """scope: waiting (for this person's check) | mine (of seven days). case_id: of one case only."""

    scope: str = "waiting"
    case_id: str | None = None


class ContactFiled(Value, frozen=True, kw_only=True):
    """Where a proposal stands now."""

    change_id: str
    state: str
    version: int


class ProposeContact(Call[ContactFiled], frozen=True, kw_only=True, tag="contacts.propose"):
    """Add a contact datum, or correct the one of that ordinal, for a supervisor to check.

    field: of `CONTACT_FIELDS`. lawful_source: of `LAWFUL_SOURCES`; an agency's lead has none.
    """

    writes: ClassVar[bool] = True
    case_id: str
    field: str
    value: str
    ordinal: int = 0
    lawful_source: str = ""


class ProposeFound(Call[ContactFiled], frozen=True, kw_only=True, tag="contacts.propose_found"):
    """Propose what was found in a note; the value never leaves the desk. field empty: the likeliest."""

    writes: ClassVar[bool] = True
    note_id: str
    place: int
    field: str = ""
    lawful_source: str = ""


class CheckContact(Call[ContactFiled], frozen=True, kw_only=True, tag="contacts.check"):
    """Accept or refuse; never by who proposed it.

    lawful_source: needed to accept what has none, else overrides. reason: needed to refuse. seen_version: as shown;
    when somebody decided meanwhile, nothing happens.
    """

    writes: ClassVar[bool] = True
    change_id: str
    accept: bool
    lawful_source: str = ""
    reason: str = ""
    seen_version: int


class WithdrawContact(Call[ContactFiled], frozen=True, kw_only=True, tag="contacts.withdraw"):
    """Take back an own proposal that nobody decided yet."""

    writes: ClassVar[bool] = True
    change_id: str
