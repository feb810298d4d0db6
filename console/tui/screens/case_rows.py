"""How a case's loans, events and heading are worded; nothing here holds anything."""

from __future__ import annotations

from console.desk.api.cases import AccountView, CaseView, TimelineEntry
from console.texts import Texts
from console.tui.widgets.rows import Column, Row


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
        if key == "fields":
            said = texts.t("join.list").join(texts.field(name) for name in value.split(",") if name)
        else:
            said = value
        worded.append((texts.t(f"detail.{key}"), said))
    return worded


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
    """Name, age, amount, state, lender, and for how many seconds the case has been open."""
    row = view.row
    return texts.t(
        "case.head",
        name=texts.mask(row.name),
        days=texts.days(row.days_past_due),
        due=texts.money(row.due, row.currency),
        state=texts.state("case", row.state),
        source=view.source,
        stay=f"{stay // 60:02d}:{stay % 60:02d}",
    )
