"""The lines to the world outside, through the desk: how each is set and where, whether its secret is kept, how it is.

A secret never comes back; it is set by `SetTrunkPassword`, `SetMessageSecret` and `SetCloudSecret`.
"""

from __future__ import annotations

from console.desk.api.base import Call, Value


class SettingView(Value, frozen=True, kw_only=True):
    """One setting. name: table and key in the file of settings, `calls.trunk_host`; value: as the desk started with."""

    name: str
    value: str | int | bool


class SecretView(Value, frozen=True, kw_only=True):
    """Whether a secret is kept. kept_at: microseconds UTC; kept_by: by whom."""

    kept: bool
    kept_at: int | None = None
    kept_by: str = ""


class LineView(Value, frozen=True, kw_only=True):
    """One line.

    Attributes:
        name: trunk | recorder | messages | cloud.
        state: off | ok | warn | bad; off: nobody set it up.
        detail: code of why not, or a count, as health says it.
        settings: in the order in which one sets them.
        secret: None where the line needs none.
    """

    name: str
    state: str
    detail: str
    settings: tuple[SettingView, ...]
    secret: SecretView | None = None


class LineList(Value, frozen=True, kw_only=True):
    """Trunk, recorder, messages, the cloud's numbers."""

    lines: tuple[LineView, ...]


class ReadLines(Call[LineList], frozen=True, kw_only=True, tag="lines.read"):
    """Settings and state of every line."""
