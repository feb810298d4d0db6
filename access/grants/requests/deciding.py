"""Approving a request as asked or less, or refusing it, at its first or second stage.

Of two decisions at once one wins; the other is told that it came too late. What stands to be decided, by whom and with
which effect, is `access.grants.requests.stage`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from access.errors import StaleRow
from access.grants.context import GrantDesk, actor_of, within_act
from access.grants.reasons import tidy
from access.grants.refusals import refuse
from access.grants.requests.stage import APPROVE, REFUSE, Stage
from access.grants.rows import waits_until
from access.policy import Action, Refused, Resource, decide
from access.store.schema import reveal_request

_NO_PART: Final = frozenset({"request.not_found", "role.denied"})


def decide_request(  # noqa: PLR0917 - what a decision holds
    desk: GrantDesk,
    request_id: str,
    verdict: str,
    fields: Sequence[str] = (),
    minutes: int = 0,
    reason: str = "",
    seen_version: int | None = None,
) -> dict[str, Any]:
    """Approve or refuse.

    Args:
        desk: The act, with its actor.
        request_id: Which request.
        verdict: `approve` or `refuse`.
        fields: Fewer fields than asked; none for as asked.
        minutes: Fewer minutes than asked; 0 for as asked.
        reason: Why it is refused, at least four characters; optional otherwise.
        seen_version: Version of the request that the approver saw, where the caller knows it.

    Returns:
        The request's row as it stands now; after the final approval a grant exists.

    Raises:
        Refused: The policy's codes, `reveal.decided_already`, `reveal.timed_out`, `reveal.not_narrower`,
            `reveal.reason_required`, `reveal.verdict_unknown`.
    """
    actor = actor_of(desk)
    query = desk.uow.lock(select(reveal_request).where(reveal_request.c.id == request_id))
    rows = desk.uow.connection.execute(query).mappings().all()
    row = next(iter(desk.proofs.holding(desk.uow, reveal_request, rows)), None)
    missing = decide(actor, Action.REVEAL_REQUEST_REFUSE, Resource.absent("request"), within_act(desk), desk.now)
    if row is None:
        raise Refused(missing)
    stage = Stage.of(desk, row)
    try:
        role = stage.authority(actor, seen_version=seen_version, refusing=verdict == REFUSE)
    except Refused as refused:
        # Whoever has no part in it is told the same, in the same words, as of one that does not exist.
        raise (Refused(missing) if refused.code in _NO_PART else refused) from None
    if desk.now >= waits_until(row, desk.limits):
        refuse("reveal.timed_out", "S-4.1")
    if verdict not in (APPROVE, REFUSE):
        refuse("reveal.verdict_unknown", "S-4.1")
    try:
        if verdict == REFUSE:
            return stage.reject(actor, role, tidy(reason))
        return stage.approve(actor, role, stage.offer.narrowed(fields, minutes), tidy(reason))
    except StaleRow:
        refuse("reveal.decided_already", "S-4.1")
