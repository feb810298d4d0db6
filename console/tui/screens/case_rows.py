"""How a case's loans, events and heading are worded; nothing here holds anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.desk.api.cases import AccountView, CaseView, TimelineEntry
from console.desk.api.work import HoldView
from console.texts import Texts
from console.tui.widgets.rows import Column, Row

SIGNS = {
    "callback": "⏰",
    "broken": "✗",
    "reminder": "◆",
    "new": "·",
    "strategy": "→",
    "waiting": "…",
    "held": "⊘",
}
"""The sign of why a case stands where it stands; it never stands without its word."""


def account_columns(texts: Texts) -> tuple[Column, ...]:
    """Of the list of loans."""
    return (
        Column(texts.t("column.loan"), 10),
        Column(texts.t("column.product")),
        Column(texts.t("column.principal"), 12, right=True),
        Column(texts.t("column.due"), 12, right=True),
        Column(texts.t("column.overdue"), 8, right=True),
    )


def timeline_columns(texts: Texts) -> tuple[Column, ...]:
    """Of the list of events."""
    return (
        Column(texts.t("column.when"), 11),
        Column(texts.t("column.act"), 16),
        Column(texts.t("column.person"), 10),
        Column(texts.t("column.result")),
    )


_STATES: Final = (
    "state.request.",
    "state.grant.",
    "state.case.",
    "state.promise.",
    "state.hold.",
    "state.export.",
    "state.trace.",
    "roles.state.",
)
_FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "channel": ("channel.",),
    "code": ("result.",),
    "from": _STATES,
    "hold": ("hold.reason.",),
    "promise": ("promise.reason.",),
    "role": ("role.",),
    "state": _STATES,
    "to": _STATES,
    "verdict": ("verdict.",),
}


def account(texts: Texts, loan: AccountView) -> Row:
    """One loan."""
    due = texts.money(loan.due, loan.currency) if loan.due is not None else texts.mask(loan.due_bucket)
    return Row(
        loan.account_id,
        (
            texts.mask(loan.loan),
            loan.product or texts.state("account", loan.state),
            texts.money(loan.principal, loan.currency),
            due,
            texts.days(loan.days_past_due),
        ),
    )


def details(texts: Texts, pairs: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The mask-safe pairs of an event in words; field names among them by their names."""
    worded = []
    for key, value in pairs:
        said = _said(texts, key, value)
        worded.append((texts.t(f"detail.{key}"), said))
    return worded


def _said(texts: Texts, key: str, value: str) -> str:
    """A value of an event in words, where it is a code with words."""
    if key == "fields":
        return texts.t("join.list").join(texts.field(name) for name in value.split(",") if name)
    if key == "amount":
        minor, _, currency = value.partition(" ")
        return texts.money(int(minor), currency) if minor.isdigit() else value
    worded = (f"{family}{value}" for family in _FAMILIES.get(key, ()))
    found = next((texts.t(one) for one in worded if texts.has(one)), value)
    # A state's sign says what is so now; here it is only told.
    sign, _, words = found.partition(" ")
    return words if words and not sign.isalnum() and len(sign) == 1 else found


def event(texts: Texts, entry: TimelineEntry, zone: str) -> Row:
    """One event."""
    more = (f"{name} {value}" for name, value in details(texts, entry.detail))
    return Row(
        str(entry.seq),
        (
            texts.when(entry.at, zone, "short"),
            texts.t(f"action.{entry.action}"),
            entry.person or entry.staff_no,
            " · ".join((texts.t(f"outcome.{entry.result}"), *more)),
        ),
    )


def head(texts: Texts, view: CaseView, stay: int) -> str:
    """Name, age, amount, state, lender, how long the case has been open; below it what binds whoever works it."""
    row = view.row
    first = texts.t(
        "case.head",
        name=texts.mask(row.name),
        days=texts.days(row.days_past_due),
        due=texts.money(row.due, row.currency),
        state=texts.state("case", row.state),
        source=view.source,
        stay=f"{stay // 60:02d}:{stay % 60:02d}",
    )
    advice = view.advice
    advised = () if advice is None else (texts.advice(advice.rule, advice.channel, advice.interval_days),)
    return "\n".join((first, *advised, *standing(texts, view)))


def hold_line(texts: Texts, hold: HoldView) -> str:
    """A hold in one line: its reason, how it stands, and for whom it waits."""
    if hold.state == "asked":
        standing = texts.t("hold.waits")
    elif hold.lift_asked_by:
        standing = texts.t("hold.lift_waits", person=hold.lift_asked_by)
    elif not hold.confirmed:
        standing = texts.t("hold.unconfirmed")
    else:
        standing = texts.state("hold", hold.state)
    return texts.t("hold.line", reason=texts.t(f"hold.reason.{hold.reason}"), state=standing, person=hold.placed_by)


def standing(texts: Texts, view: CaseView) -> list[str]:
    """Holds, an open or broken promise, the agreed next contact, something unsaved: a line where there is any."""
    lines = [f"⊘ {hold_line(texts, hold)}" for hold in view.holds]
    promised = view.promise
    said: list[str] = []
    if promised is not None and promised.state in ("open", "broken"):
        sign = SIGNS["broken" if promised.state == "broken" else "reminder"]
        words = texts.t(
            "promise.line",
            amount=texts.money(promised.amount, promised.currency),
            day=promised.due_on,
            channel=texts.t(f"channel.{promised.channel}"),
        )
        due = f" {texts.t('why.reminder')}" if view.row.why == "reminder" else ""
        said.append(f"{sign} {words} {texts.state('promise', promised.state)}{due}")
    if view.row.next_at is not None:
        said.append(f"{SIGNS['callback']} {texts.t('next.line', when=texts.when(view.row.next_at, view.zone))}")
    if view.drafts:
        said.append(f"✎ {texts.t('draft.there')}")
    return [*lines, "   ".join(said)] if said else lines
