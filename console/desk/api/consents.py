"""Consents by letter or message: those that wait for a second person, and what became of one's own."""

from __future__ import annotations

from console.desk.api.base import Call, Value
from console.desk.api.contact import ConsentView


class ConsentLine(Value, frozen=True, kw_only=True):
    """A consent with its case and with what the second person said.

    Attributes:
        consent: as a case shows it. may: also `open`, where the viewer may open the case.
        case_id, case_number: of the case. name: in the viewer's mask; `@none` for not at all.
        zone: IANA, where the customer's hours are.
        staff_no: of whoever recorded it. mine: the viewer did.
        decided_by, decided_at, words: the second person, when, and why it was refused; empty: nobody yet, or one who
            confirmed before decisions were kept.
    """

    consent: ConsentView
    case_id: str
    case_number: str
    name: str
    zone: str
    staff_no: str
    mine: bool
    decided_by: str = ""
    decided_at: int | None = None
    words: str = ""


class ConsentPage(Value, frozen=True, kw_only=True):
    """At most 50: those that wait the oldest first, one's own the newest first; `cursor` continues, None at the end."""

    items: tuple[ConsentLine, ...]
    cursor: str | None


class ListConsents(Call[ConsentPage], frozen=True, kw_only=True, tag="consents.list"):
    """scope: waiting (for this person to confirm or refuse, so never their own) | mine (by letter or message)."""

    scope: str = "waiting"
    cursor: str | None = None
