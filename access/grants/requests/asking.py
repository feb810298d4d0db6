"""Asking for fields of one case, and taking a request back. Every guard of requirements §4.1 stands here.

Whoever asks learns nothing about a case out of their reach: the decision comes first and answers for what is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants.approvers import Facts, approvers_for, enough, second_role
from access.grants.context import GrantDesk, actor_of, require, within_act
from access.grants.counter import bump
from access.grants.quotas import quota_left
from access.grants.reasons import checked_words, fits, parse_reason, serves_contact
from access.grants.refusals import refuse
from access.grants.rows import grant_lives, requests_where, waits_until
from access.grants.slots import checked, field_of, join
from access.grants.states import LIVE, WAITING, RequestState, request_step
from access.people.directory import held_rows
from access.policy import Action, Actor, Conditions, Resource, reveal_rule
from access.store.schema import reveal_grant, reveal_request
from masking.catalogue import Catalogue, Condition, Tier, TierRule

_COUNTER: Final = "reveal.number"
_STRICTNESS: Final = (Tier.U1, Tier.UV, Tier.U2, Tier.U3, Tier.U0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the catalogue says about the fields together.

    Attributes:
        tier: The strictest of their tiers; U0 when one of them has no way at all.
        minutes: The shortest of their longest times.
        third_party: Compliance gives the second approval.
        conditions: What must be so besides, over all of them.
    """

    tier: Tier
    minutes: int
    third_party: bool
    conditions: frozenset[Condition]


def ask(  # noqa: PLR0917 - what an asking form holds
    desk: GrantDesk,
    catalogue: Catalogue,
    case: Resource,
    base: Conditions,
    fields: Sequence[str],
    reason: str,
    words: str,
    minutes: int,
) -> dict[str, Any]:
    """Put a request before those who may decide it.

    Args:
        desk: The act, with its actor.
        catalogue: The catalogue in force.
        case: The case, or `Resource.absent("case")`.
        base: What the caller knows: workable, lost_contact, in_call.
        fields: Slots such as `home_address`, `contact_name#2`.
        reason: A `ReasonCode`.
        words: Why, where the code says too little.
        minutes: How long the values should be seen, at most what the catalogue gives each of the fields.

    Returns:
        The request's row.

    Raises:
        Refused: With the policy's code, or `reveal.fields`, `reveal.reason_unknown`, `reveal.reason_unfit`,
            `reveal.condition_unmet`, `reveal.mixed_approvers`, `reveal.not_offered`, `reveal.minutes`,
            `reveal.words_required`, `reveal.other_case`, `reveal.no_approver`.
    """
    actor = actor_of(desk)
    slots = checked(fields)
    terms = terms_of(catalogue, slots, actor, case, base, desk.now)
    number = bump(desk.uow, _COUNTER, least=_newest_number(desk))
    seats = approvers_for(desk, case, terms.tier, terms.third_party) if case.found else ()
    conditions = replace(
        within_act(desk, base),
        tier=terms.tier.value,
        fields=tuple(field_of(slot) for slot in slots),
        third_party=terms.third_party,
        contact=serves_contact(reason),
        quota_left=quota_left(desk, terms.tier),
        approver_ids=tuple(seat.person_id for seat in seats) if enough(seats, terms.tier) else (),
    )
    decision = require(desk, Action.REVEAL_REQUEST_ASK, case, conditions)
    code = parse_reason(reason)
    _check_terms(terms, base, code_fits=all(fits(code, one) for one in terms.conditions))
    if not 0 < minutes <= terms.minutes:
        refuse("reveal.minutes", "C-5.4d-2", most=terms.minutes)
    said = checked_words(words, code, terms.tier)
    _check_one_case(desk, actor, case)
    request_id = desk.ids.new()
    return desk.proofs.insert(
        desk.uow,
        reveal_request,
        {
            "id": request_id,
            "tenant_id": case.tenant_id,
            "number": f"R-{number:08d}",
            "case_id": case.id,
            "requester_id": actor.person_id,
            "unit_id": case.unit_id or decision.unit_id or actor.unit_id,
            "fields": join(slots),
            "tier": terms.tier.value,
            "third_party": int(terms.third_party),
            "reason": code.value,
            "words": said,
            "minutes": minutes,
            "state": RequestState.PENDING.value,
            "asked_at": desk.now,
        },
        desk.event(
            Action.REVEAL_REQUEST_ASK,
            object_kind="request",
            object_id=request_id,
            case_id=case.id,
            tenant_id=case.tenant_id,
            reason=code.value,
            fields=slots,
            minutes=minutes,
            detail=((DetailKey.TIER, terms.tier.value), (DetailKey.TO, RequestState.PENDING.value)),
        ),
    )


def terms_of(  # noqa: PLR0917 - the fields, then the decision's own arguments
    catalogue: Catalogue, slots: Sequence[str], actor: Actor, case: Resource, base: Conditions, now: int
) -> Terms:
    """Return what the catalogue asks of these fields together, for this actor on this case.

    Raises:
        Refused: `reveal.mixed_approvers`: their second approvals belong to different roles; ask one by one.
    """
    rules: list[TierRule] = []
    for slot in slots:
        found = reveal_rule(catalogue, field_of(slot), actor, case, base, now)
        if found is None:
            return Terms(Tier.U0, 0, third_party=False, conditions=frozenset())
        rules.append(found[0])
    seconds = {rule.approvers[1].value for rule in rules if rule.tier is Tier.U3}
    if len(seconds) > 1:
        refuse("reveal.mixed_approvers", "§3.2-9")
    return Terms(
        tier=max((rule.tier for rule in rules), key=_STRICTNESS.index),
        minutes=min(rule.minutes for rule in rules),
        third_party=seconds == {second_role(third_party=True).value},
        conditions=frozenset(rule.condition for rule in rules),
    )


def stricter(tier: Tier, than: str) -> bool:
    """Tell whether a tier asks for more than another."""
    return than not in set(Tier) or _STRICTNESS.index(tier) > _STRICTNESS.index(Tier(than))


def withdraw(desk: GrantDesk, request_id: str) -> dict[str, Any]:
    """Take back an own request that nobody has finally decided.

    Raises:
        Refused: `request.not_found`, `reveal.decided_already`, or the policy's.
    """
    row = desk.proofs.get(desk.uow, reveal_request, request_id)
    resource = Facts(desk).resource(row) if row is not None else Resource.absent("request")
    require(desk, Action.REVEAL_REQUEST_WITHDRAW, resource, within_act(desk))
    if row is None:
        refuse("request.not_found", "Y-4.2.1")
    return move(desk, row, RequestState.WITHDRAWN, Action.REVEAL_REQUEST_WITHDRAW)


def move(
    desk: GrantDesk,
    row: RowMapping,
    to: RequestState,
    action: str,
    **more: Any,  # noqa: ANN401 - fields of the closed event schema
) -> dict[str, Any]:
    """Bring a request into another state, with its event. `changes` adds columns to write.

    Raises:
        Refused: `reveal.decided_already`: there is no such step from where it stands.
        StaleRow: Somebody else moved it.
    """
    changes = {"state": request_step(row["state"], to), **more.pop("changes", {})}
    event = desk.event(
        action,
        object_kind="request",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        detail=((DetailKey.FROM, row["state"]), (DetailKey.TO, to.value)),
        **more,
    )
    return desk.proofs.update(desk.uow, reveal_request, row["id"], row["version"], changes, event)


def _newest_number(desk: GrantDesk) -> int:
    newest = desk.uow.connection.execute(select(func.max(reveal_request.c.number))).scalar()
    digits = str(newest or "").removeprefix("R-")
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _check_terms(terms: Terms, base: Conditions, *, code_fits: bool) -> None:
    if terms.tier not in (Tier.U2, Tier.U3):
        # Within a call the system grants, within a task the task does; neither goes through an approval.
        refuse("reveal.not_offered", "C-5.4d-2", tier=terms.tier.value)
    if Condition.LOST_CONTACT in terms.conditions and not base.lost_contact:
        refuse("reveal.condition_unmet", "C-5.4d-2", condition=Condition.LOST_CONTACT.value)
    if not code_fits:
        refuse("reveal.reason_unfit", "C-5.4d-2")


def _check_one_case(desk: GrantDesk, actor: Actor, case: Resource) -> None:
    """One case at a time: a screen full of people in clear is a list, whatever each of them was approved for."""
    waiting = requests_where(
        desk,
        reveal_request.c.requester_id == actor.person_id,
        reveal_request.c.state.in_(WAITING),
        reveal_request.c.case_id != case.id,
    )
    live = held_rows(
        desk.uow,
        desk.proofs,
        reveal_grant,
        reveal_grant.c.person_id == actor.person_id,
        reveal_grant.c.state.in_(LIVE),
        reveal_grant.c.case_id != case.id,
    )
    if any(desk.now < waits_until(row, desk.limits) for row in waiting) or any(
        grant_lives(row, desk.now) for row in live
    ):
        refuse("reveal.other_case", "S-4.1")
