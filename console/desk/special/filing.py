"""Filing for one number of one case, and taking a filing back. Every guard of requirements §4.2 stands here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants.counter import bump
from access.policy import Action, Conditions
from access.roles import Role
from access.store.schema import special_filing
from console.desk.act import Act
from console.desk.api.cases import FieldRef
from console.desk.api.contact import ContactRef, Means
from console.desk.api.contacts import LAWFUL_SOURCES
from console.desk.api.special import (
    FileSpecial,
    ReadSpecialOptions,
    SpecialFiling,
    SpecialOption,
    SpecialOptions,
    WithdrawSpecial,
)
from console.desk.cases.display import HIDDEN, Viewer, slot
from console.desk.cases.rows import require_case, resource_of
from console.desk.conditions import standing
from console.desk.contact.gather import Known, gather
from console.desk.kernel import handles
from console.desk.special.people import candidates, each_another, supervises
from console.desk.special.records import overdue_of, require, step, tell
from console.desk.special.states import ORDER, WAITS, FilingState, Scenario, contacts
from console.desk.special.views import view
from masking.catalogue import SpecialRule
from masking.detect import mask_text
from masking.text import scrub

LEAST_WORDS: Final = 8
MOST_WORDS: Final = 200
_COUNTER: Final = "special.number"


@handles(ReadSpecialOptions)
def options(act: Act, request: ReadSpecialOptions) -> SpecialOptions:
    """Which numbers may be filed for, for how long, and who would agree."""
    row = require_case(act, request.case_id, Action.SPECIAL_FILING_OFFER)
    known = gather(act, row, Means.CALL)
    viewer = Viewer(act.parts, act.actor, resource_of(row), standing(act, row), act.now)
    found = tuple(_options(act, known, viewer))
    act.log(Action.SPECIAL_FILING_OFFER, object_kind="case", object_id=row["id"], case_id=row["id"], rows=len(found))
    return SpecialOptions(
        case_id=row["id"],
        number=row["number"],
        options=found,
        scenarios=tuple(one.value for one in Scenario),
    )


def _options(act: Act, known: Known, viewer: Viewer) -> Iterator[SpecialOption]:
    for number in known.numbers:
        contact = number.contact
        rule = rule_for(act, contact.field)
        masked = viewer.mask(contact.field, contact.ordinal, known.masks.get(slot(contact.field, contact.ordinal), ""))
        if rule is not None and masked != HIDDEN and number.source in LAWFUL_SOURCES:
            yield SpecialOption(
                field=FieldRef(name=contact.field, ordinal=contact.ordinal),
                masked=masked,
                minutes=rule.minutes,
                chain=tuple(role.value for role in chain_for(rule)),
            )


def rule_for(act: Act, field: str) -> SpecialRule | None:
    """What the catalogue says of a field in a special scene, for somebody of the actor's roles; none: never."""
    found = act.parts.catalogue.fields.get(field)
    rule = found.special if found is not None else None
    if rule is None or not {role.value for role in act.actor.roles} & {one.value for one in rule.requesters}:
        return None
    return rule


def chain_for(rule: SpecialRule) -> tuple[Role, ...]:
    """Who must agree, in the order in which they do."""
    needed = {Role(one.value) for one in rule.approvers}
    return tuple(role for role in ORDER if role in needed)


@handles(FileSpecial)
def file(act: Act, request: FileSpecial) -> SpecialFiling:
    """Put it before those who must agree."""
    row = require_case(act, request.case_id, Action.SPECIAL_FILING_OFFER)
    rule = rule_for(act, request.field.name)
    chain = chain_for(rule) if rule is not None else ()
    third = bool(rule is not None and act.parts.catalogue.field(request.field.name).third_party)
    _require_may(act, row, chain, third=third, scenario=request.scenario)
    if rule is None or {one.value for one in rule.approvers} != {role.value for role in chain}:
        act.refuse("special.never", clause="S-4.2")
    if request.scenario not in set(Scenario):
        act.refuse("special.scenario_unknown", clause="S-4.2")
    words = said(act, request.words)
    minutes = request.minutes or rule.minutes
    if not 0 < minutes <= rule.minutes:
        act.refuse("special.minutes", clause="S-4.2", most=str(rule.minutes))
    number = gather(act, row, Means.CALL).number(ContactRef(field=request.field.name, ordinal=request.field.ordinal))
    if number is None:
        act.refuse("contact.no_such_number")
    if number.source not in LAWFUL_SOURCES:
        act.refuse("special.source", clause="S-4.2")
    return view(act, _file(act, row, request, words, minutes, chain, number.entry, third=third))


def _file(  # noqa: PLR0917 - one row's columns
    act: Act,
    row: RowMapping,
    request: FileSpecial,
    words: str,
    minutes: int,
    chain: tuple[Role, ...],
    entry: bytes,
    *,
    third: bool,
) -> dict[str, object]:
    filing_id = act.parts.ids.new()
    values = {
        "id": filing_id,
        "tenant_id": row["tenant_id"],
        "number": f"S-{bump(act.uow, _COUNTER, least=_newest(act)):08d}",
        "case_id": row["id"],
        "unit_id": row["unit_id"],
        "asker_id": act.actor.person_id,
        "field": request.field.name,
        "ordinal": request.field.ordinal,
        "third": int(third),
        "entry": entry,
        "scenario": request.scenario,
        "words": words,
        "minutes": minutes,
        "chain": ",".join(role.value for role in chain),
        "state": FilingState.FILED.value,
        "filed_at": act.now,
        "wait_until": act.now + WAITS,
        "outcome": "",
        "report": "",
        "review": "",
    }
    event = act.event(
        Action.SPECIAL_FILING_MAKE,
        object_kind="special",
        object_id=filing_id,
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        fields=(request.field.name,),
        minutes=minutes,
        reason=request.scenario,
        detail=((DetailKey.TO, FilingState.FILED.value), (DetailKey.ORDINAL, str(request.field.ordinal))),
    )
    after = act.proofs.insert(act.uow, special_filing, values, event)
    tell(act, after)
    return after


def _require_may(act: Act, row: RowMapping, chain: tuple[Role, ...], *, third: bool, scenario: str) -> None:
    """The one decision, with whether anybody could agree and whether the asker's last ones were looked at."""
    me = act.actor.person_id
    about = replace(resource_of(row), kind="special", id=None, requester_id=me, assignee_id=None)
    given = Conditions(third_party=third, requester_supervises=supervises(act, me))
    places = candidates(act, chain, about, given)
    enough = each_another(places)
    conditions = replace(
        standing(act, row),
        contact=contacts(scenario),
        third_party=third,
        overdue=overdue_of(act, me),
        approver_ids=tuple(sorted(frozenset().union(*places))) if enough else (),
    )
    act.require(Action.SPECIAL_FILING_MAKE, resource_of(row), conditions)


def said(act: Act, text: str) -> str:
    """Words as they are kept: one line, personal data masked.

    Raises:
        Refused: `special.words_needed`: too few.
    """
    words = mask_text(scrub(" ".join(text.split())), loose=True)[:MOST_WORDS]
    if len(words) < LEAST_WORDS:
        act.refuse("special.words_needed", clause="S-4.2", least=str(LEAST_WORDS))
    return words


def _newest(act: Act) -> int:
    digits = str(act.db.execute(select(func.max(special_filing.c.number))).scalar() or "").removeprefix("S-")
    return int(digits) if digits.isascii() and digits.isdigit() else 0


@handles(WithdrawSpecial)
def withdraw(act: Act, request: WithdrawSpecial) -> SpecialFiling:
    """Take back an own one that was not opened."""
    row = require(act, request.filing_id, Action.SPECIAL_FILING_WITHDRAW)
    after = step(
        act,
        row,
        FilingState.WITHDRAWN,
        Action.SPECIAL_FILING_WITHDRAW,
        ended_at=act.now,
        ended_by=act.actor.person_id,
    )
    return view(act, after)
