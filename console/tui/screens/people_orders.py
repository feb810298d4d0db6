"""What waits for somebody about accounts: new ones, checks, resets, returns; transfers and leaves on their way."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import Call, staff
from console.desk.api.staff import DepartureView, OrderView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row

_CHECK = Action.ACCOUNT_PERSON_CHECK.value
_CREATE = Action.ACCOUNT_PERSON_CREATE.value
_DO = Action.ACCOUNT_DEPARTURE_CARRY_OUT.value
_CONFIRM = Action.ACCOUNT_DEPARTURE_CONFIRM.value


class OrdersScreen(ListScreen):
    """See the module."""

    TITLE = "place.staff_orders"
    HELP = "help.staff_orders"
    EMPTY = "staff.orders.empty"
    CSS_PATH = "lists.tcss"
    REREAD = frozenset({"people"})
    NEEDS: ClassVar = {
        "approve": (_CHECK, _CREATE, _DO, _CONFIRM),
        "refuse": (_CHECK, _CREATE),
        "withdraw": (_CREATE, Action.ACCOUNT_PERSON_REQUEST.value, Action.ACCOUNT_DEPARTURE_NOTE.value),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "key.staff.settle"),
        Binding("r", "refuse", "key.refuse"),
        Binding("w", "withdraw", "key.withdraw"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._orders: tuple[OrderView, ...] = ()
        self._departures: tuple[DepartureView, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """What, who, where, how it stands, who asked, why."""
        return (
            Column(self.t("staff.kind"), 14),
            Column(self.t("column.staff_no"), 8),
            Column(self.t("column.person"), 10),
            Column(self.t("column.unit"), 13),
            Column(self.t("column.state"), 18),
            Column(self.t("staff.asked_by")),
            Column(self.t("column.words"), 24, wide=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(staff.ListOrders())
        if reply is None:
            return
        self._orders, self._departures = reply.orders, reply.departures
        rows = (
            *(Row(one.order_id, self._order(one), strong=not one.mine) for one in reply.orders),
            *(Row(one.departure_id, self._departure(one), strong=not one.mine) for one in reply.departures),
        )
        self.show(rows, self.t("staff.orders.summary", count=len(rows)))

    def _order(self, one: OrderView) -> tuple[str, ...]:
        t = self.texts
        kind, state = t.t(f"staff.order.{one.kind}"), t.state("order", one.state)
        return (kind, one.staff_no, one.name, one.unit, state, one.asked_by, one.reason)

    def _departure(self, one: DepartureView) -> tuple[str, ...]:
        t = self.texts
        unit = f"{one.unit}→{one.to_unit}" if one.to_unit else one.unit
        state = f"{t.state('departure', one.state)} {one.last_day[5:]}".strip()
        return (t.t(f"staff.departure.{one.kind}"), one.staff_no, one.name, unit, state, one.noted_by, self._watch(one))

    def _watch(self, one: DepartureView) -> str:
        """Of a leave what the last thirty days show, before why."""
        if one.kind != "leave":
            return one.reason
        counts = self.t("staff.watch", reveals=one.reveals, searches=one.searches, exports=one.exports)
        return f"{counts} {one.reason}".strip()

    @property
    def _order_here(self) -> OrderView | None:
        return next((one for one in self._orders if one.order_id == self.list.key), None)

    @property
    def _departure_here(self) -> DepartureView | None:
        return next((one for one in self._departures if one.departure_id == self.list.key), None)

    # -- keys -------------------------------------------------------------------------------------------------------
    def action_approve(self) -> None:
        """Do what is asked for, or confirm that it was done."""
        self.go(self._approve())

    def action_refuse(self) -> None:
        """Refuse an order."""
        order = self._order_here
        if order is not None:
            self.go(self._ask("staff.refuse", order.name, staff.DecideOrder(order_id=order.order_id, verdict="refuse")))

    def action_withdraw(self) -> None:
        """Take back what one asked, or a departure that has not begun."""
        order, departure = self._order_here, self._departure_here
        if order is not None:
            call: Call[Any] = staff.DecideOrder(order_id=order.order_id, verdict="withdraw")
            self.go(self._ask("staff.withdraw", order.name, call))
        elif departure is not None:
            call = staff.WithdrawDeparture(departure_id=departure.departure_id)
            self.go(self._ask("staff.withdraw", departure.name, call))

    async def _approve(self) -> None:
        order, departure = self._order_here, self._departure_here
        if order is not None and order.kind == "hire":
            await self._make(order)
        elif order is not None:
            call: Call[Any] = staff.DecideOrder(order_id=order.order_id, verdict="approve")
            await self._ask(f"staff.settle.{order.kind}", order.name, call)
        elif departure is not None and departure.state == "notified":
            call = staff.CarryOutDeparture(departure_id=departure.departure_id)
            await self._ask(f"staff.settle.{departure.kind}", departure.name, call, self._watch(departure))
        elif departure is not None:
            call = staff.ConfirmDeparture(departure_id=departure.departure_id)
            await self._ask("staff.settle.confirm", departure.name, call, self._watch(departure))

    async def _make(self, order: OrderView) -> None:
        call = staff.MakePerson(
            staff_no=order.staff_no,
            name=order.name,
            login=order.login,
            unit_id=order.unit_id,
            order_id=order.order_id,
        )
        await self._ask("staff.settle.hire", f"{order.name} {order.staff_no} {order.login}", call)

    async def _ask(self, key: str, name: str, call: Call[Any], watch: str = "") -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        words = "\n".join(said for said in (watch, self.t("staff.settle.words")) if said)
        if await self.app.push_screen_wait(ConfirmModal(self.t(key, name=name), words)):
            if await self.client.ask(call) is not None:
                self.say(self.t("staff.settled"))
            self.reread()
