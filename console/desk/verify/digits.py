"""Blind verification: the last characters of an ID number as the customer says them, answered by match or no match.

Nothing of the number is shown, echoed or logged; what was typed is compared in constant time and forgotten. The event
is in the log, with the verdict, before the answer leaves. Misses share the budget of
exact search: three on a customer in 24 hours, over all staff, freeze it until another person lifts that, and a person
has twenty an hour. A tail whose last character the mask shows hides still enough to be worth asking; one of another
length is not compared at all.
"""

from __future__ import annotations

import re
from dataclasses import replace
from hmac import compare_digest
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants import oracle
from access.policy import Action, Decision, visible_cell
from access.roles import Qualifier
from console.desk.act import Act
from console.desk.api.cases import FieldRef
from console.desk.api.verify import Verified, VerifyDigits
from console.desk.cases.display import open_display
from console.desk.cases.rows import require_case, resource_of
from console.desk.conditions import standing
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.reveals.opening import open_field
from masking.case_keys import Purpose
from masking.catalogue import CellAction
from masking.normalise import normalise_id_number
from masking.text import fold

_FIELD: Final = "id_number"
_TAIL: Final = re.compile(r"[0-9]{3}(?:[0-9]{2})?[0-9X]", re.ASCII)
_FOUR: Final = 4
_LENGTHS: Final = {4: CellAction.VERIFY_4, 6: CellAction.VERIFY_6}


@handles(VerifyDigits)
def verify(act: Act, request: VerifyDigits) -> Verified:
    """Compare what the customer said."""
    # Whether there is such a case is settled first, so that a refusal for the budget's sake names none.
    case = require_case(act, request.case_id, Action.CASE_FILE_OPEN)
    customer = bytes.fromhex(case["id"])
    subjects = [_class(act, case)]
    budget = oracle.budget(granting(act), act.actor.person_id, subjects, customer)
    conditions = replace(standing(act, case), quota_left=budget.searches_left, frozen=budget.frozen)
    decision = act.require(Action.CASE_DIGITS_VERIFY, resource_of(case), conditions)
    said = _said(act, case, decision, request.digits)
    match = _matches(act, case, said)
    oracle.spend(granting(act), subjects, "verify", not match, customer)
    return Verified(match=match, misses_left=max(0, budget.misses_left - (not match)))


def _class(act: Act, case: RowMapping) -> bytes:
    """The look-alike class in which a search could have guessed at this customer's number."""
    mask = open_display(act.parts, case).get(_FIELD, "")
    return oracle.look_alikes(granting(act), case["tenant_id"], case["unit_id"], _FIELD, mask)


def _said(act: Act, case: RowMapping, decision: Decision, digits: str) -> str:
    """What was typed, if it is a tail that this person may have compared.

    Raises:
        Refused: `verify.digits_unfit`.
    """
    text = fold(digits).replace(" ", "").replace("-", "").upper()
    cell = visible_cell(act.parts.catalogue, _FIELD, act.actor, resource_of(case), standing(act, case), act.now)
    allowed = {length for length, action in _LENGTHS.items() if action in cell.actions}
    if Qualifier.LAST4 in decision.limits:
        allowed &= {_FOUR}
    if not _TAIL.fullmatch(text) or len(text) not in allowed:
        act.refuse("verify.digits_unfit", lengths=", ".join(map(str, sorted(allowed))))
    return text


def _matches(act: Act, case: RowMapping, said: str) -> bool:
    number = normalise_id_number(open_field(act, case, FieldRef(name=_FIELD), Purpose.VERIFY))
    match = compare_digest(number[-len(said) :].encode(), said.encode())
    act.log(
        Action.CASE_DIGITS_VERIFY,
        object_kind="case",
        object_id=case["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        purpose=Purpose.VERIFY.value,
        fields=(_FIELD,),
        level=2,
        detail=((DetailKey.VERDICT, "match" if match else "no_match"), (DetailKey.SIZE, str(len(said)))),
    )
    return match
