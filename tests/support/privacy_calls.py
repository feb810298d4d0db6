"""Every call of privacy numbers, by somebody who knows the ids; and a pool that two people filled."""

from __future__ import annotations

from console.desk.api import privacy
from console.desk.api.base import AnyCall
from tests.support.desk import WholeDesk

X = "95013000001"


def privacy_calls(case_id: str, number_id: str = "0" * 32) -> tuple[AnyCall, ...]:
    """One call of each kind."""
    return (
        privacy.ListNumbers(),
        privacy.ProposeNumber(number="95013000099"),
        privacy.DecideNumber(number_id=number_id, version=1, approve=True),
        privacy.RetireNumber(number_id=number_id, version=1),
        privacy.ListBindings(case_id=case_id),
        privacy.BindNumber(case_id=case_id),
        privacy.UnbindNumber(binding_id="0" * 32),
    )


async def pooled(desk: WholeDesk, number: str = X, *, cloud: bool = False) -> str:
    """A number that may be bound; its id."""
    made = await desk.call("zhenghao", privacy.ProposeNumber(number=number, cloud=cloud))
    await desk.call("wugang", privacy.DecideNumber(number_id=made.number_id, version=made.version, approve=True))
    return made.number_id
