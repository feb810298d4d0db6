"""Slots: an attempt is taken before anything rings, judged in the same transaction, and settled by what came of it.

Two agents cannot both take a debtor's last slot: every reservation writes the debtor's and the number's row of
`contact_turn`, so that on PostgreSQL the second of two at once is begun anew and sees the first; SQLite has one writer.
A refusal is an event with the rule and the seconds until it will be allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action
from access.roles import Role
from access.store.schema import contact_slot
from console.desk.act import Act
from console.desk.api.base import Refusal
from console.desk.api.contact import ContactRef, Means, RuleVerdict, Verdict
from console.desk.cases.rows import resource_of
from console.desk.conditions import standing
from console.desk.contact.evaluate import allowed, evaluate, liable, next_allowed
from console.desk.contact.facts import OPEN, SETTLED, Outcome
from console.desk.contact.gather import Known, Number, Row, gather
from console.desk.contact.live import InForce, rules_in_force
from console.desk.contact.wall import HOUR, SECOND
from console.desk.hub import Audience

SLOT_LASTS: Final = HOUR // 12
"""How long an attempt may ring, microseconds; what nobody settled by then reached nobody."""

SETTLE: Final = "contact:slot:settle"
NOTE: Final = "contact:slot:note"
_TURN: Final = text(
    "INSERT INTO contact_turn (name, tenant_id, turn) VALUES (:name, :tenant, 1)"
    " ON CONFLICT (name) DO UPDATE SET turn = contact_turn.turn + 1"
)
_LONGEST: Final = 80
_ASKED: Final[Mapping[str, tuple[Role, ...]]] = MappingProxyType({"agency_not_in_date": (Role.SUPERVISOR,)})


class Slot(NamedTuple):
    """A reserved attempt. expires_at: it is settled by then, or counts as one that reached nobody."""

    slot_id: str
    expires_at: int
    third: bool


_HOURS: Final = frozenset({"quiet_hours", "holidays"})
"""Kinds of rules that look at the clock alone."""


def reserve(
    act: Act,
    row: Row,
    contact: ContactRef,
    means: Means,
    *,
    lasts: int = SLOT_LASTS,
    without: frozenset[str] = frozenset(),
    within: int = 0,
    seen: bool = False,
) -> Slot | Refusal:
    """Take an attempt on a number of a case, or say why not.

    Args:
        act: the transaction in which the ticket is made too.
        row: the whole case row, as `require_case` gave it.
        contact: which number.
        means: how.
        lasts: how long it may take to say what came of it, microseconds.
        without: kinds of rules that are about the desk's own line, where that line is not used.
        within: how long it may take, microseconds, until the customer is disturbed: the hours must allow that too.
        seen: the number is shown in clear: until somebody says what came of it, it counts as a conversation.

    Returns:
        The slot; or a refusal that is logged already: hand it on, so that the transaction keeps it.

    Raises:
        Refused: the person may not contact this party at all; the case has no such number.
    """
    known = gather(act, row, means)
    rules = rules_in_force(act)
    number = known.number(contact)
    facts = known.facts(number) if number is not None else None
    third = known.third(contact) and (facts is None or not liable(rules.profile, facts))
    act.require(
        Action.CONTACT_THIRD_RESERVE if third else Action.CONTACT_SLOT_RESERVE, resource_of(row), standing(act, row)
    )
    if number is None or facts is None:
        act.refuse("contact.no_such_number")
    verdicts = tuple(one for one in evaluate(rules.profile, facts, act.now) if one.kind not in without)
    if within:
        latest = {one.rule: one for one in evaluate(rules.profile, facts, act.now + within) if one.kind in _HOURS}
        verdicts = tuple(latest.get(one.rule, one) if allowed((one,)) else one for one in verdicts)
    if not allowed(verdicts):
        when = next_allowed(rules.profile, facts, act.now)
        # What only the time until the customer is disturbed stands against is not allowed now.
        when = next_allowed(rules.profile, facts, act.now + within) if when == act.now else when
        return _refused(act, known, number, (rules, when, verdicts))
    for name in sorted({f"debtor:{known.debtor.hex()}", f"number:{number.entry.hex()}"}):
        take_turn(act, name, known.row["tenant_id"])
    values = _values(act, known, number) | {
        "expires_at": act.now + lasts,
        "outcome": (Outcome.SEEN if seen else Outcome.PENDING).value,
        "edition": rules.edition,
    }
    action = Action.CONTACT_THIRD_RESERVE if third else Action.CONTACT_SLOT_RESERVE
    act.proofs.insert(act.uow, contact_slot, values, _event(act, action.value, known, number, values["id"]))
    _tell(act, row)
    return Slot(values["id"], values["expires_at"], third)


def take_turn(act: Act, name: str, tenant_id: str) -> None:
    """Write what is counted by: of two at once one waits, or begins anew and sees the other. In one order always."""
    act.db.execute(_TURN, {"name": name, "tenant": tenant_id})


def to_ask(why: str) -> tuple[Role, ...]:
    """Who can do something about what stands against a contact; nobody where only time does."""
    return _ASKED.get(why, ())


def settle(act: Act, slot_id: str, outcome: Outcome) -> None:
    """Say what came of an attempt: at once when it was answered, and before anybody hears anybody.

    What is settled already stays as it is. A row that does not prove itself stays a conversation.

    Raises:
        Refused: `contact.outcome_unknown`: not what an attempt ends in.
    """
    if outcome not in SETTLED:
        act.refuse("contact.outcome_unknown")
    row = act.proofs.get(act.uow, contact_slot, slot_id)
    if row is None or row["outcome"] not in OPEN:
        act.log(SETTLE, object_kind="contact", object_id=slot_id, result="failed", rule="contact.slot_settled")
        return
    event = act.event(
        SETTLE,
        object_kind="contact",
        object_id=slot_id,
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        detail=((DetailKey.TO, outcome.value), (DetailKey.KIND, row["channel"])),
    )
    changes = {"outcome": outcome.value, "settled_at": act.now}
    act.proofs.update(act.uow, contact_slot, slot_id, row["version"], changes, event)
    _tell(act, row)


def note_inbound(act: Act, row: Row, contact: ContactRef, means: Means = Means.CALL) -> None:
    """Keep that the customer reached the desk from a number of the case and was answered.

    Raises:
        Refused: `contact.no_such_number`.
    """
    known = gather(act, row, means)
    number = known.number(contact)
    if number is None:
        act.refuse("contact.no_such_number")
    values = _values(act, known, number) | {
        "person_id": None,
        "inbound": 1,
        "expires_at": act.now,
        "outcome": Outcome.CONNECTED.value,
        "settled_at": act.now,
        "edition": 0,
    }
    act.proofs.insert(act.uow, contact_slot, values, _event(act, NOTE, known, number, values["id"]))
    _tell(act, row)


def note_ringing(act: Act, row: Row, contact: ContactRef) -> str:
    """Keep that the customer calls in and nobody has answered yet; settled like an attempt. Returns: the slot's id.

    Raises:
        Refused: `contact.no_such_number`.
    """
    known = gather(act, row, Means.CALL)
    number = known.number(contact)
    if number is None:
        act.refuse("contact.no_such_number")
    values = _values(act, known, number) | {
        "inbound": 1,
        "expires_at": act.now + SLOT_LASTS,
        "outcome": Outcome.PENDING.value,
        "edition": 0,
    }
    act.proofs.insert(act.uow, contact_slot, values, _event(act, NOTE, known, number, values["id"]))
    return str(values["id"])


def _refused(
    act: Act, known: Known, number: Number, judged: tuple[InForce, int | None, tuple[RuleVerdict, ...]]
) -> Refusal:
    rules, when, verdicts = judged
    against = [one for one in verdicts if one.verdict == Verdict.REFUSED]
    first = against[0] if against else None
    why = first.why if first is not None else "no_rules"
    names = ",".join(one.rule for one in against)
    detail = [
        (DetailKey.CODE, names[:_LONGEST] or why),
        (DetailKey.KIND, known.means.value),
        (DetailKey.ORDINAL, str(number.contact.ordinal)),
        (DetailKey.VERSION, str(rules.edition)),
    ]
    if when is not None:
        detail.append((DetailKey.SECONDS, str(max(0, when - act.now) // SECOND)))
    act.log(
        Action.CONTACT_SLOT_RESERVE.value,
        result="refused",
        rule=f"contact.{why}",
        object_kind="case",
        object_id=known.row["id"],
        case_id=known.row["id"],
        tenant_id=known.row["tenant_id"],
        fields=(number.contact.field,),
        detail=tuple(detail),
    )
    params = {"contact_why": why, "contact_at": str(when) if when is not None else "", "contact_zone": known.zone}
    clause = first.clause if first is not None else "S-5-1"
    return Refusal(code="contact.refused", params=params, clause=clause, ask=tuple(one.value for one in to_ask(why)))


def _values(act: Act, known: Known, number: Number) -> dict[str, Any]:
    return {
        "id": act.parts.ids.new(),
        "tenant_id": known.row["tenant_id"],
        "case_id": known.row["id"],
        "unit_id": known.row["unit_id"],
        "person_id": act.who.person_id if act.who is not None else None,
        "debtor": known.debtor,
        "number": number.entry,
        "field": number.contact.field,
        "ordinal": number.contact.ordinal,
        "own": int(not known.third(number.contact)),
        "channel": known.means.value,
        "inbound": 0,
        "reserved_at": act.now,
    }


def _event(act: Act, action: str, known: Known, number: Number, slot_id: str) -> Any:  # noqa: ANN401 - an event
    return act.event(
        action,
        object_kind="contact",
        object_id=slot_id,
        case_id=known.row["id"],
        tenant_id=known.row["tenant_id"],
        fields=(number.contact.field,),
        detail=((DetailKey.KIND, known.means.value), (DetailKey.ORDINAL, str(number.contact.ordinal))),
    )


def _tell(act: Act, row: Row | RowMapping) -> None:
    units = (row["unit_id"],)
    case_id = row["case_id"] if "case_id" in row else row["id"]
    assignee = row["assignee_id"] if "assignee_id" in row else row["person_id"]
    act.push("case", case_id, Audience.of(assignee, units=units))
