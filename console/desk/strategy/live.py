"""The rules in force for a unit: those of its live edition, if that row holds and its text still reads."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.store.schema import account, import_batch, strategy_edition, strategy_run
from console.desk.act import Act
from console.desk.api.strategy import Advice, Run
from console.desk.strategy.parsing import parse
from console.desk.strategy.rules import Rules
from console.desk.strategy.states import StrategyState

_NOTHING: Final = Advice(rule="", channel="", interval_days=0)


def live_edition(act: Act, unit_id: str | None) -> RowMapping | None:
    """The unit's live edition."""
    query = select(strategy_edition).where(
        strategy_edition.c.unit_id == unit_id, strategy_edition.c.state == StrategyState.LIVE.value
    )
    held = act.proofs.holding(act.uow, strategy_edition, act.db.execute(query).mappings().all())
    return held[0] if held else None


def newest_run(act: Act, unit_id: str | None) -> Run | None:
    """How far the desk is, or came, with what the unit's newest import brought."""
    query = select(strategy_run).where(strategy_run.c.unit_id == unit_id)
    row = act.db.execute(query.order_by(strategy_run.c.noted_at.desc(), strategy_run.c.id.desc()).limit(1)).first()
    return Run(state=row.state, moved=row.moved, waiting=row.waiting, at=row.noted_at) if row is not None else None


def live_rules(act: Act, unit_id: str | None) -> Rules | None:
    """The unit's rules in force."""
    row = live_edition(act, unit_id)
    return rules_of(row["text"]) if row is not None else None


@lru_cache(maxsize=256)
def rules_of(text: str) -> Rules | None:
    """The rules of a stored text. It was read whole before it was stored, so none means another build's grammar."""
    return parse(tuple(text.split("\n")))[0]


def products_of(act: Act, case_id: str) -> tuple[str, ...]:
    """The products of a case's open accounts."""
    query = (
        select(account.c.product)
        .join(import_batch, import_batch.c.id == account.c.batch_id)
        .where(account.c.case_id == case_id, account.c.state == "open", import_batch.c.state == "published")
    )
    return tuple(sorted(set(act.db.execute(query).scalars())))


def advice_for(act: Act, row: RowMapping | dict[str, Any]) -> Advice:
    """What the strategy in force says of a case; empty where nothing is live."""
    return advice_in_force(act, row) or _NOTHING


def advice_in_force(act: Act, row: RowMapping | dict[str, Any]) -> Advice | None:
    """Rule, first means, least days between two contacts; empty: no rule is for the case; none: nothing is live."""
    rules = live_rules(act, row["unit_id"])
    if rules is None:
        return None
    products = products_of(act, row["id"]) if rules.asks_products else ()
    rule = rules.rule_for(row["days_past_due"], row["due"], products)
    if rule is None:
        return _NOTHING
    return Advice(rule=rule.name, channel=rule.channel, interval_days=rule.interval_days)
