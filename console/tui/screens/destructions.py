"""Recordings whose time is over: proposed, approved, destroyed and witnessed by four people, each with one key here."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import Call, recordings
from console.desk.api.recordings import DestructionView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList

_STEP: Final = {"decide": "proposed", "carry_out": "approved", "witness": "destroyed"}


class DestructionsScreen(ListScreen):
    """See the module."""

    TITLE = "place.destructions"
    HELP = "help.destructions"
    EMPTY = "destruction.empty"
    REREAD = frozenset({"destruction"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "propose": (Action.CALL_RECORDING_PROPOSE.value,),
        "decide": (Action.CALL_RECORDING_APPROVE.value,),
        "carry_out": (Action.CALL_RECORDING_DESTROY.value,),
        "witness": (Action.CALL_RECORDING_WITNESS.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "certificate", "key.details"),
        Binding("n", "propose", "key.destruction.propose"),
        Binding("a", "decide(True)", "key.approve"),
        Binding("d", "decide(False)", "key.refuse"),
        Binding("x", "carry_out", "key.destruction.carry_out"),
        Binding("w", "witness", "key.destruction.witness"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._all: dict[str, DestructionView] = {}

    def columns(self) -> tuple[Column, ...]:
        """When, how far, how many, and the four."""
        return (
            Column(self.t("destruction.proposed_at"), 11),
            Column(self.t("column.state"), 10),
            Column(self.t("destruction.covers"), 6, right=True),
            Column(self.t("destruction.destroyed"), 6, right=True),
            Column(self.t("destruction.people")),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(recordings.ListDestructions())
        if reply is None:
            return
        self._all = {one.destruction_id: one for one in reply.destructions}
        rows = tuple(
            Row(
                one.destruction_id,
                (
                    self.when(one.proposed_at),
                    self.t(f"destruction.state.{one.state}"),
                    str(one.covers),
                    str(one.destroyed),
                    " · ".join(
                        name for name in (one.proposed_by, one.approved_by, one.executed_by, one.witnessed_by) if name
                    ),
                ),
                strong=one.state in _STEP.values(),
            )
            for one in reply.destructions
        )
        self.show(rows, self.t("destruction.summary", due=reply.due, held=reply.held))

    @property
    def chosen(self) -> DestructionView | None:
        """The one under the cursor."""
        return self._all.get(self.list.key or "") if self.query(RowList) else None

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_certificate()

    def action_certificate(self) -> None:
        """Content, method, time, who carried it out, who witnessed it (F-14)."""
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - loaded when asked for

        one = self.chosen
        if one is None:
            return

        def signed(person: str, at: int | None) -> str:
            return f"{person} {self.when(at, 'minute')}" if person else ""

        pairs = [
            (self.t("destruction.content"), self.t("destruction.content.words", covers=one.covers)),
            (self.t("destruction.digest"), one.digest),
            (self.t("destruction.destroyed"), str(one.destroyed)),
            (self.t("destruction.method"), self.t("destruction.method.words")),
            (self.t("destruction.proposed_by"), signed(one.proposed_by, one.proposed_at)),
            (self.t("destruction.approved_by"), signed(one.approved_by, one.approved_at)),
            (self.t("destruction.executed_by"), signed(one.executed_by, one.executed_at)),
            (self.t("destruction.witnessed_by"), signed(one.witnessed_by, one.witnessed_at)),
        ]
        self.app.push_screen(DetailsModal("destruction.certificate", pairs))

    def action_propose(self) -> None:
        """Everything that is due."""
        self.go(self._sure("propose", recordings.ProposeDestruction()))

    def action_decide(self, approve: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """Approve or refuse it, as it was seen."""
        one = self._at("decide")
        if one is not None:
            call = recordings.DecideDestruction(destruction_id=one.destruction_id, version=one.version, approve=approve)
            self.go(self._sure("approve" if approve else "refuse", call))

    def action_carry_out(self) -> None:
        """Destroy keys and files."""
        one = self._at("carry_out")
        if one is not None:
            call = recordings.CarryOutDestruction(destruction_id=one.destruction_id, version=one.version)
            self.go(self._sure("carry_out", call))

    def action_witness(self) -> None:
        """Have it looked at, and sign."""
        one = self._at("witness")
        if one is not None:
            call = recordings.WitnessDestruction(destruction_id=one.destruction_id, version=one.version)
            self.go(self._sure("witness", call))

    def _at(self, step: str) -> DestructionView | None:
        one = self.chosen
        if one is not None and one.state == _STEP[step]:
            return one
        self.say(self.t("refusal.destruction.not_now"), bad=True)
        return None

    async def _sure(self, what: str, call: Call[DestructionView]) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        words = self.t(f"destruction.sure.{what}.words")
        if await self.app.push_screen_wait(ConfirmModal(self.t(f"destruction.sure.{what}"), words)):
            done = await self.client.ask(call)
            self.reread()
            if done is not None:
                self.say(self.t(f"destruction.state.{done.state}"))
