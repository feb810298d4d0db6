"""What a desk without a desk answers about lines outwards and the pool of privacy numbers."""

from __future__ import annotations

from msgspec.structs import fields

from access.policy.actions import Action
from console.desk.api import calling, lines, privacy, sending
from console.desk.api.base import Done
from console.desk.api.lines import LineList, LineView, SecretView, SettingView
from console.desk.api.privacy import NumberList, NumberView
from console.desk.line_settings import CLOUD, MESSAGES, RECORDER, TRUNK
from console.settings import CallSettings, MessageSettings

LONG = "Featherstonehaugh-Smythe"
NOW = 1_795_329_120_000_000
_LINES = {Action.CALL_TRUNK_SET, Action.HEALTH_LINE_READ, Action.MESSAGE_LINE_SET}
_POOL = {Action.CALL_NUMBER_READ, Action.CALL_NUMBER_RETIRE}
LINE_ACTS = {
    "system_admin": _LINES | _POOL | {Action.CALL_NUMBER_PROPOSE},
    "security_admin": _POOL | {Action.CALL_NUMBER_APPROVE},
    "auditor": {Action.CALL_NUMBER_READ},
}
"""Acts of this room, by role."""

CALLS = CallSettings(
    address="10.0.0.5", trunk_host="127.0.0.1", trunk_domain="sip.provider.example", presented="057100000000"
)
POST = MessageSettings(
    provider="http", url=f"https://example.invalid/{'messages/' * 20}", signature="示例银行", name="desk"
)


def _shown(table: str, said: CallSettings | MessageSettings, names: tuple[str, ...]) -> tuple[SettingView, ...]:
    known = {field.name for field in fields(said)}
    return tuple(SettingView(name=f"{table}.{name}", value=getattr(said, name)) for name in names if name in known)


def line_views(trunk: str = "ok", why: str = "0") -> tuple[LineView, ...]:
    """All four."""
    kept = SecretView(kept=True, kept_at=NOW, kept_by=LONG)
    none = SecretView(kept=False)
    return (
        LineView(name="trunk", state=trunk, detail=why, settings=_shown("calls", CALLS, TRUNK), secret=kept),
        LineView(name="recorder", state="ok", detail="", settings=_shown("calls", CALLS, RECORDER)),
        LineView(
            name="messages",
            state="bad",
            detail="not_verified",
            settings=_shown("message", POST, MESSAGES),
            secret=none,
        ),
        LineView(name="cloud", state="off", detail="", settings=_shown("calls", CALLS, CLOUD), secret=none),
    )


def number(name: int, state: str = "live", **more: object) -> NumberView:
    """One of the pool."""
    made: dict[str, object] = {
        "number_id": f"n{name}",
        "number": f"9501300000{name}",
        "provider": "line",
        "state": state,
        "made_by": LONG,
        "made_at": NOW,
        "approved_by": "周凯" if state == "live" else "",
        "bound": 3 if state == "live" else 0,
        "version": name,
    }
    return NumberView(**made | more)  # type: ignore[arg-type]


class LineAnswers:
    """Mixed into the fake desk."""

    trunk = ("ok", "0")
    numbers = (number(1), number(2, "proposed", provider="cloud"))

    def _ReadLines(self, _: lines.ReadLines) -> LineList:  # noqa: N802 - named after the call
        return LineList(lines=line_views(*self.trunk))

    def _SetTrunkPassword(self, _: calling.SetTrunkPassword) -> Done:  # noqa: N802
        return Done()

    def _SetCloudSecret(self, _: calling.SetCloudSecret) -> Done:  # noqa: N802
        return Done()

    def _SetMessageSecret(self, _: sending.SetMessageSecret) -> Done:  # noqa: N802
        return Done()

    def _ListNumbers(self, _: privacy.ListNumbers) -> NumberList:  # noqa: N802
        return NumberList(numbers=self.numbers)

    def _ProposeNumber(self, request: privacy.ProposeNumber) -> NumberView:  # noqa: N802
        return number(3, "proposed", number=request.number)

    def _DecideNumber(self, request: privacy.DecideNumber) -> NumberView:  # noqa: N802
        return number(2, "live" if request.approve else "refused")

    def _RetireNumber(self, _: privacy.RetireNumber) -> NumberView:  # noqa: N802
        return number(1, "retired")
