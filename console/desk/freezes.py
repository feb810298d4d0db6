"""Customers that nobody is answered for any more, after too many misses, until another person lifts it."""

from __future__ import annotations

from access.grants import oracle
from access.policy import Action, Resource
from console.desk.act import Act
from console.desk.api.cases import Frozen, FrozenList, LiftFreeze, ListFrozen
from console.desk.cases.rows import staff_names
from console.desk.kernel import handles
from console.desk.reveals.granting import granting


@handles(ListFrozen)
def list_frozen(act: Act, request: ListFrozen) -> FrozenList:
    """Freezes in force."""
    del request
    act.require(Action.CASE_FREEZE_LIST, Resource(kind="desk"))
    found = _all(act)
    act.log(Action.CASE_FREEZE_LIST, rows=len(found.items))
    return found


@handles(LiftFreeze)
def lift_freeze(act: Act, request: LiftFreeze) -> FrozenList:
    """Lift one; the person whose miss tripped it may not."""
    freeze = oracle.freeze(granting(act), request.freeze_id)
    parties = (freeze.tripped_by,) if freeze is not None else ()
    act.require(Action.CASE_FREEZE_LIFT, Resource(kind="desk", party_ids=parties))
    if freeze is None:
        act.refuse("freeze.not_found")
    oracle.unlock(granting(act), freeze.id)
    return _all(act)


def _all(act: Act) -> FrozenList:
    freezes = oracle.frozen_now(granting(act))
    names = staff_names(act, {one.tripped_by for one in freezes})
    return FrozenList(
        items=tuple(
            Frozen(freeze_id=one.id, frozen_at=one.frozen_at, tripped_by=names.get(one.tripped_by, ""))
            for one in freezes
        )
    )
