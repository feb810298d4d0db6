"""How people, accounts, orders and departures are worded by `veildesk users`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.people import PersonView, StaffCard
    from console.desk.api.staff import DepartureView, OpenOrders, OrderView
    from console.texts import Texts


def staff_lines(texts: Texts, people: tuple[StaffCard, ...]) -> list[str]:
    """People as a table."""
    from console.cli.output import table

    heads = [texts.t(f"cli.head.{name}") for name in ("login", "staff_no", "person", "state", "roles", "unit")]
    return table(
        heads,
        (
            (one.login, one.staff_no, one.name, texts.state("person", one.standing), texts.roles(one.roles), one.unit)
            for one in people
        ),
    )


def person_lines(seat: Seat, view: PersonView) -> Iterator[str]:
    """One account."""
    from console.cli.output import pairs

    texts, zone, card = seat.texts, seat.me.zone, view.card
    yield from staff_lines(texts, (card,))
    yield ""
    roles = texts.t("join.list").join(
        f"{texts.t(f'role.{role}')} → {texts.when(until, zone, 'day')}" for role, until in view.roles_until
    )
    agreement = texts.when(view.agreement_until, zone, "day") if view.agreement_until else ""
    signed = agreement or texts.t("staff.agreement.open" if view.agreement_signed else "staff.agreement.none")
    yield from pairs(
        (
            (texts.t("staff.roles"), roles or "—"),
            (texts.t("staff.training"), texts.when(card.trained_until, zone, "day")),
            (texts.t("staff.agreement"), signed),
            (texts.t("staff.cases"), view.cases),
            (texts.t("staff.sessions"), card.sessions),
            (texts.t("staff.invited"), texts.when(view.invited_until, zone)),
            (texts.t("staff.locked"), texts.when(view.locked_until, zone)),
        )
    )


def order_line(seat: Seat, order: OrderView) -> tuple[str, ...]:
    """An order as a row."""
    texts = seat.texts
    return (
        order.order_id[-6:],
        texts.t(f"staff.order.{order.kind}"),
        order.staff_no,
        order.name,
        order.unit,
        texts.state("order", order.state),
        order.asked_by,
        order.reason,
    )


def departure_line(seat: Seat, one: DepartureView) -> tuple[str, ...]:
    """A departure as a row."""
    texts = seat.texts
    return (
        one.departure_id[-6:],
        texts.t(f"staff.departure.{one.kind}"),
        one.staff_no,
        one.name,
        f"{one.unit} → {one.to_unit}" if one.to_unit else one.unit,
        texts.state("departure", one.state),
        one.noted_by,
        watch_words(texts, one),
    )


def watch_words(texts: Texts, one: DepartureView) -> str:
    """Why somebody goes and, of a leave, what the last thirty days show."""
    if one.kind != "leave":
        return one.reason
    counts = texts.t("staff.watch", reveals=one.reveals, searches=one.searches, exports=one.exports)
    return texts.t("join.list").join(said for said in (one.reason, counts) if said)


def open_lines(seat: Seat, found: OpenOrders) -> list[str]:
    """Everything that waits."""
    from console.cli.output import table

    rows = [
        *(order_line(seat, one) for one in found.orders),
        *(departure_line(seat, one) for one in found.departures),
    ]
    if not rows:
        return [seat.texts.t("cli.nothing")]
    heads = ("id", "kind", "staff_no", "person", "unit", "state", "asked_by", "why")
    return table([seat.texts.t(f"cli.head.{head}") for head in heads], rows)
