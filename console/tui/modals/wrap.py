"""Wrapping a call up: the form of results with what the dialer said chosen already, and why the number is left alone.

It may be opened while the call goes on, to type while one speaks; it is saved once the call is over. What is typed is
kept as a draft of its own, so that neither a lost line nor a restart loses it.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api import Refusal
from console.desk.api.cases import CaseRow, CaseView, OpenCase
from console.desk.api.contact import STOP_REASONS
from console.desk.api.work import DraftKind, Recorded
from console.desk.api.wrapping import ReadWrap, SaveWrap, WrapView
from console.tui.client import ends_session
from console.tui.modals.work_result import Answered, ResultForm, Typed
from console.tui.widgets.codes import Codes
from console.tui.widgets.inputs import Choice, Labelled, Option
from console.tui.widgets.words import Words

_SAVED = "wrap.saved"
_MAY = "-"
"""Stands for a number that may be contacted again."""


def bare(wrap: WrapView) -> CaseView:
    """A case that one may not open any more, for its call's form: its number, and nothing of the customer."""
    row = CaseRow(
        case_id=wrap.case_id,
        number=wrap.number,
        name="",
        days_past_due=0,
        due=0,
        currency="CNY",
        accounts=0,
        state="",
        last_result="",
        next_at=None,
    )
    return CaseView(row=row, fields=(), accounts=(), grants=(), timeline=(), source="", version=wrap.version)


class WrapForm(ResultForm):
    """Args: the case; the call; what to begin with; whether to take up a draft.

    What the dialer said is chosen where nothing else was typed. `saved` is what the desk answered, once it has.
    """

    TITLE = "wrap.title"
    KIND: ClassVar = DraftKind.WRAP
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+g", "app.hang_up", "key.call.hang_up", key_display="^G")]

    def __init__(
        self,
        view: CaseView,
        wrap: WrapView,
        typed: Typed = Typed(),  # noqa: B008 - frozen
        *,
        resume: bool = False,
    ) -> None:
        first = typed if typed.code else Typed(code=wrap.code)
        super().__init__(view, first, resume=resume)
        self._wrap = wrap
        self._saving = False
        self.saved: Recorded | None = None

    @property
    def call_id(self) -> str:
        """Which call."""
        return self._wrap.call_id

    @property
    def works(self) -> bool:
        """Not once the case was handed on or is worked no more."""
        return self._wrap.worked

    def above(self) -> ComposeResult:
        """How the call ended, and what shows whether the customer can be reached; whether the case went elsewhere."""
        yield Words(self.call_words(), id="call")
        if not self.works:
            yield Words(self.t("wrap.moved_on"), id="moved")

    def below(self) -> ComposeResult:
        """Whether the number is left alone from now on."""
        options = [
            Option(_MAY, self.t("wrap.may")),
            *(Option(one, self.t(f"contact.stop.{one}")) for one in sorted(STOP_REASONS, key=self._order)),
        ]
        yield Labelled(self.t("wrap.stop"), Choice(options, chosen=self._typed.stop or _MAY, id="stop"))

    def _order(self, reason: str) -> tuple[bool, str]:
        return (reason == "third_party") is not self._wrap.third, reason

    def call_words(self) -> str:
        """The call in a line, and the evidence of lost contact where there is some."""
        from console.tui.calling import clock  # noqa: PLC0415 - that is made of screens

        wrap = self._wrap
        where = self.texts.field(wrap.contact.field, wrap.contact.ordinal)
        if not wrap.result:
            return self.t("wrap.live", where=where)
        said = self.t("wrap.call", where=where, result=self.t(f"call.result.{wrap.result}"), time=clock(wrap.talked))
        lost = wrap.lost
        if lost is None or (not lost.failed and not lost.holds):
            return said
        words = "wrap.lost" if lost.holds else "wrap.failed"
        return f"{said} {self.t(words, failed=str(lost.failed), limit=str(lost.limit))}"

    def stopped(self) -> str:
        """See `ResultForm`."""
        chosen = self.query_one("#stop", Choice).key
        return "" if chosen == _MAY else chosen

    def _fill(self, typed: Typed) -> None:
        super()._fill(typed)
        if typed.stop:
            options = [
                Option(_MAY, self.t("wrap.may")),
                *(Option(one, self.t(f"contact.stop.{one}")) for one in sorted(STOP_REASONS, key=self._order)),
            ]
            self.query_one("#stop", Choice).offer(options, chosen=typed.stop)

    def on_choice_changed(self) -> None:
        """Kept like what is typed."""
        self.on_input_changed()

    @property
    def drafts(self) -> bool:
        """Of a case that is not one's own any more nothing is kept but what is saved."""
        return self.works

    async def over(self) -> None:
        """The call is over: say how, and choose what that says where nothing was chosen."""
        wrap = await self.client.ask(ReadWrap(call_id=self._wrap.call_id))
        if wrap is None or not self.query("#call"):
            return
        self._wrap = wrap
        self.query_one("#call", Words).say(self.call_words())
        codes = self.query_one("#code", Codes)
        if not codes.chosen and wrap.code:
            codes.choose(wrap.code)
        self.say("")

    def action_submit(self) -> None:
        """Save, once the call is over."""
        if not self._wrap.result:
            self.say(self.t("refusal.wrap.live"), bad=True)
            return
        super().action_submit()

    # -- saving -----------------------------------------------------------------------------------------------------
    def answer(self, answered: Answered) -> None:
        """Save it here and leave only once it is kept: a refusal or a lost line takes nothing off the form."""
        if not self._saving:
            self._saving = True
            self.go(self._save(answered))

    async def _save(self, answered: Answered) -> None:
        call, typed = answered.call, answered.typed
        request = SaveWrap(
            call_id=self._wrap.call_id,
            version=call.version if self.works else self._wrap.version,
            code=call.code,
            promise=call.promise,
            next_at=call.next_at,
            note=call.note,
            stop=typed.stop,
        )
        try:
            reply = await self.client.attempt(request)
            if isinstance(reply, Recorded):
                self.saved = reply
            elif reply.code != _SAVED:
                await self._not_saved(reply)
                return
            # Refused as saved already: it was kept, and the answer that said so was lost with the line.
            self.dismiss(answered)
        finally:
            self._saving = False

    async def _not_saved(self, refusal: Refusal) -> None:
        if ends_session(refusal.code):
            self._kept = ""
            self.desk_app.session_lost(refusal)
            return
        wrap = await self.client.attempt(ReadWrap(call_id=self._wrap.call_id))
        if isinstance(wrap, WrapView):
            self._wrap = wrap
        if self.works:
            view = await self.client.ask(OpenCase(case_id=self._case.row.case_id))
            if view is not None:
                self._case = view
        self._fit()
        self.say(self.texts.refusal(refusal), bad=True)
        self._kept = ""
        self.keep()
