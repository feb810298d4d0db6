"""That a promise was kept or broken, in the log: said by repayments or by the clock, never by a person."""

from __future__ import annotations

from typing import Final

from access.audit.events import DetailKey
from console.desk.act import Act
from console.desk.imports.promises import Judged

_ACTIONS: Final = {"kept": "case:promise:keep", "broken": "case:promise:break"}


def log_judged(act: Act, case_id: str, tenant_id: str, one: Judged) -> None:
    """Append the event."""
    act.log(
        _ACTIONS[one.state],
        object_kind="promise",
        object_id=one.promise_id,
        case_id=case_id,
        tenant_id=tenant_id,
        detail=((DetailKey.FROM, one.before), (DetailKey.TO, one.state)),
    )
