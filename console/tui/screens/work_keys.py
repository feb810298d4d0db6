"""Keys of a case that work on it: result, promise, next contact, hold. Saving a result goes on to the next case.

What was typed outlives a refusal: the form is opened again as it stood, above the case as it is now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import Call, work
from console.desk.api.work import DraftKind, Recorded, ResultCode
from console.moments import read_moment
from console.tui.client import ends_session
from console.tui.screens.base import Worded
from console.tui.screens.case_base import CaseBase

if TYPE_CHECKING:
    from console.tui.app import VeildeskApp

_HOLD = (Action.CASE_HOLD_ASK.value, Action.CASE_HOLD_PLACE.value, Action.CASE_HOLD_STOP.value)


class WorkKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {
        "result": (Action.CASE_RESULT_RECORD.value,),
        "promise": (Action.CASE_PROMISE_MAKE.value,),
        "withdraw": (Action.CASE_PROMISE_WITHDRAW.value,),
        "plan": (Action.CASE_SCHEDULE_PLAN.value,),
        "hold": _HOLD,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "result", "key.result"),
        Binding("p", "promise", "key.promise"),
        Binding("P", "withdraw", "key.withdraw_promise"),
        Binding("N", "plan", "key.plan"),
        Binding("h", "hold", "key.hold"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A promise can be taken back while it is open."""
        if action == "withdraw" and (self._view is None or not self._promise_open):
            return False
        return super().check_action(action, parameters)

    @property
    def _promise_open(self) -> bool:
        promise = self._view.promise if self._view is not None else None
        return promise is not None and promise.state == "open"

    # -- results ----------------------------------------------------------------------------------------------------
    def action_result(self) -> None:
        """Record what came of it."""
        self.go(self._record(""))

    def action_promise(self) -> None:
        """Record a promise to pay."""
        self.go(self._record(ResultCode.PROMISED.value))

    async def _record(self, code: str) -> None:
        from console.tui.modals.work_result import ResultForm, Typed  # noqa: PLC0415 - loaded when asked for

        typed, why = Typed(code=code), ""
        resume = self._view is not None and DraftKind.RESULT.value in self._view.drafts
        while self._view is not None:
            answered = await self.app.push_screen_wait(ResultForm(self._view, typed, why=why, resume=resume))
            if answered is None:
                return
            reply = await self.client.attempt(answered.call)
            if isinstance(reply, Recorded):
                self._go_on(reply, answered.call.code)
                return
            if ends_session(reply.code):
                self.desk_app.session_lost(reply)
                return
            typed, why, resume = answered.typed, self.texts.refusal(reply), False
            await self.load()

    def _go_on(self, done: Recorded, code: str) -> None:
        """The next case that is due, or back to the queue, with what was saved in words."""
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - it is made of this

        number = self._view.row.number if self._view is not None else ""
        saved = self.t("result.saved", number=number, result=self.t(f"result.{code}"))
        self.hide_values()
        if self.app.screen is not self:
            return
        if done.next_case_id is None:
            said, following = f"{saved} {self.t('result.none_due')}", None
        else:
            said, following = saved, CaseScreen(done.next_case_id)
        # The application goes on: this screen's own worker cannot wait for the screen's end.
        self.desk_app.call_next(leave_for, self.desk_app, following, said)

    # -- promise, next contact, hold --------------------------------------------------------------------------------
    def action_withdraw(self) -> None:
        """Take the open promise back."""
        self.go(self._withdraw())

    async def _withdraw(self) -> None:
        from console.tui.modals.work_hold import WithdrawForm  # noqa: PLC0415 - as above

        view = self._view
        if view is None or view.promise is None:
            return
        promise = view.promise
        words = self.t(
            "promise.line",
            amount=self.texts.money(promise.amount, promise.currency),
            day=promise.due_on,
            channel=self.t(f"channel.{promise.channel}"),
        )
        form = WithdrawForm(view.row.case_id, view.version, promise.promise_id, words)
        call = await self.app.push_screen_wait(form)
        if call is not None and await self.client.ask(call) is not None:
            self.say(self.t("promise.withdrawn"))
        self.reread()

    def action_plan(self) -> None:
        """Set the next contact."""
        self.go(self._plan())

    async def _plan(self) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - as above

        view = self._view
        if view is None:
            return
        planned = self.texts.when(view.row.next_at, view.zone)
        words = self.t("next.words", zone=view.zone, now=planned)
        typed = await self.app.push_screen_wait(
            WordsModal(self.t("next.title", number=view.row.number), words, self.t("next.at"), limit=20)
        )
        if typed is None:
            return
        clear = typed.strip() == "-"
        next_at = None if clear else read_moment(typed, self.desk_app.clock(), view.zone)
        if next_at is None and not clear:
            self.say(self.t("next.unread"), bad=True)
            return
        call = work.PlanContact(case_id=view.row.case_id, version=view.version, next_at=next_at)
        if await self.client.ask(call) is not None:
            self.say(self.t("next.cleared") if clear else self.t("next.set", when=self.texts.when(next_at, view.zone)))
        self.reread()

    def action_hold(self) -> None:
        """Mark why the customer must not be contacted, or decide on what was marked."""
        self.go(self._hold())

    async def _hold(self) -> None:
        from console.tui.modals.work_hold import ANOTHER, HoldDecision, HoldForm  # noqa: PLC0415 - as above

        view = self._view
        if view is None:
            return
        row = view.row
        call: Call[work.HoldView] | None = None
        first = next((hold for hold in view.holds if hold.may), next(iter(view.holds), None))
        if first is not None:
            answer = await self.app.push_screen_wait(HoldDecision(first, another=True))
            if answer is None:
                return
            if isinstance(answer, work.DecideHold):
                call = answer
            elif answer != ANOTHER:
                return
        if call is None:
            call = await self.app.push_screen_wait(HoldForm(row.case_id, row.number))
        if call is None:
            return
        reply = await self.client.ask(call)
        if reply is not None:
            self.say(self.t("hold.done", state=self.texts.state("hold", reply.state)))
        self.reread()


async def leave_for(app: VeildeskApp, following: Worded | None, said: str) -> None:
    """Put the next screen in place of the one on top, or go back to the one below, and say what was done."""
    if following is not None:
        await app.switch_screen(following)
    else:
        await app.pop_screen()
    if isinstance(app.screen, Worded):
        app.screen.say(said)
