"""Where a person can go: every place with the acts that open it, in the order of the palette and of who starts where.

A place is shown when the person holds one of its acts in some scope; the desk decides again when it is entered.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

from access.policy.actions import Action

if TYPE_CHECKING:
    from console.tui.screens.base import DeskScreen


@dataclass(frozen=True, slots=True)
class Place:
    """A screen one can go to.

    Attributes:
        name: its name; `place.<name>` is its text, `queue` its module unless `module` says another.
        acts: any of these opens it; none means everybody.
        key: function key that goes there from anywhere.
        screen: class in `console.tui.screens.<module>`.
        module: module name.
    """

    name: str
    acts: frozenset[str]
    key: str
    module: str
    screen: str

    def open_to(self, acts: Collection[str]) -> bool:
        """Whether somebody with these acts may go there."""
        return not self.acts or bool(self.acts & set(acts))

    def make(self) -> DeskScreen:
        """A fresh screen."""
        module = import_module(f"console.tui.screens.{self.module}")
        screen: DeskScreen = getattr(module, self.screen)()
        return screen


def _place(name: str, screen: str, *acts: Action, key: str = "", module: str = "") -> Place:
    return Place(name, frozenset(act.value for act in acts), key, module or name, screen)


PLACES: Final = (
    _place(
        "queue",
        "QueueScreen",
        Action.CASE_QUEUE_LIST_OWN,
        Action.CASE_QUEUE_LIST_TEAM,
        Action.CASE_QUEUE_LIST_AGENCY,
        key="f2",
    ),
    _place("inbox", "InboxScreen", Action.REVEAL_INBOX_READ, Action.REVEAL_REQUEST_SECOND, key="f3"),
    _place("mine", "MineScreen", Action.REVEAL_REQUEST_LIST_OWN, key="f4"),
    _place("grants", "GrantsScreen", Action.REVEAL_GRANT_REVOKE, key="f6"),
    _place("imports", "ImportsScreen", Action.IMPORT_BATCH_READ, key="f7"),
    _place("team", "TeamScreen", Action.TEAM_BOARD_READ, key="f10"),
    _place("figures", "FiguresScreen", Action.TEAM_FIGURES_READ),
    _place("coaching", "CoachingScreen", Action.TEAM_COACHING_READ),
    _place("cover", "CoverScreen", Action.CASE_QUEUE_LIST_OWN),
    _place("record", "RecordScreen", Action.AUDIT_RECORD_READ),
    _place("sources", "SourcesScreen", Action.IMPORT_SOURCE_READ),
    _place("reviews", "ReviewsScreen", Action.REVEAL_GRANT_REVIEW),
    _place("holds", "HoldsScreen", Action.CASE_HOLD_LIST, module="work_holds"),
    _place("frozen", "FrozenScreen", Action.CASE_FREEZE_LIST),
    _place("log", "LogScreen", Action.AUDIT_LOG_READ, key="f8"),
    _place("people", "PeopleScreen", Action.ACCOUNT_PERSON_LIST, key="f9"),
    _place("health", "HealthScreen", Action.HEALTH_DESK_READ),
)

_FIRST: Final = ("queue", "inbox", "imports", "log", "people", "health")
_BY_NAME: Final = {place.name: place for place in PLACES}


def place(name: str) -> Place:
    """The place of that name.

    Raises:
        KeyError: there is none.
    """
    return _BY_NAME[name]


def open_places(acts: Collection[str]) -> tuple[Place, ...]:
    """Where somebody with these acts may go, in the palette's order."""
    return tuple(each for each in PLACES if each.open_to(acts))


def home(acts: Collection[str], roles: Collection[str]) -> Place | None:
    """Where the person starts; None for somebody who may go nowhere."""
    if "auditor" in roles and _BY_NAME["log"].open_to(acts):
        return _BY_NAME["log"]
    if "system_admin" in roles and _BY_NAME["people"].open_to(acts):
        return _BY_NAME["people"]
    for name in _FIRST:
        if _BY_NAME[name].open_to(acts):
            return _BY_NAME[name]
    return None
