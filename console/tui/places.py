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
    _place("standing", "StandingScreen", Action.REVEAL_STANDING_LIST),
    _place("mine", "MineScreen", Action.REVEAL_REQUEST_LIST_OWN, key="f4"),
    _place("grants", "GrantsScreen", Action.REVEAL_GRANT_REVOKE, key="f6"),
    _place("imports", "ImportsScreen", Action.IMPORT_BATCH_READ, key="f7"),
    _place("team", "TeamScreen", Action.TEAM_BOARD_READ, key="f10"),
    _place("figures", "FiguresScreen", Action.TEAM_FIGURES_READ),
    _place("coaching", "CoachingScreen", Action.TEAM_COACHING_READ),
    _place("cover", "CoverScreen", Action.CASE_QUEUE_LIST_OWN),
    _place("record", "RecordScreen", Action.AUDIT_RECORD_READ),
    _place("loads", "LoadsScreen", Action.CASE_CAPACITY_SET),
    _place("strategies", "StrategiesScreen", Action.STRATEGY_EDITION_READ),
    _place("interests", "InterestsScreen", Action.CASE_INTEREST_LIST),
    _place("sources", "SourcesScreen", Action.IMPORT_SOURCE_READ),
    _place("drop_keys", "DropKeysScreen", Action.IMPORT_SOURCE_READ),
    _place("exports", "ExportsScreen", Action.EXPORT_REQUEST_LIST),
    _place("reviews", "ReviewsScreen", Action.REVEAL_GRANT_REVIEW),
    _place("holds", "HoldsScreen", Action.CASE_HOLD_LIST, module="work_holds"),
    _place(
        "contacts",
        "ContactsScreen",
        Action.CASE_CONTACT_ACCEPT,
        Action.CASE_CONTACT_PROPOSE,
        module="contact_checks",
    ),
    _place("consents", "ConsentsScreen", Action.CONTACT_CONSENT_LIST),
    _place("contact_rules", "ContactRulesScreen", Action.CONTACT_RULES_READ),
    _place("messages", "MessagesScreen", Action.MESSAGE_TEXT_LIST),
    _place("templates", "TemplatesScreen", Action.MESSAGE_TEMPLATE_READ),
    _place("calls", "CallsScreen", Action.CALL_LINE_LIST),
    _place("live_calls", "LiveCallsScreen", Action.CALL_LIVE_READ, module="calls"),
    _place("listening_tasks", "ListeningTasksScreen", Action.CALL_TASK_LIST),
    _place("recordings", "RecordingsScreen", Action.CALL_RECORDING_FIND, module="calls"),
    _place("destructions", "DestructionsScreen", Action.CALL_RECORDING_DUE),
    _place("phones", "PhonesScreen", Action.CALL_PHONE_LIST),
    _place("lines", "LinesScreen", Action.HEALTH_LINE_READ),
    _place("numbers", "NumbersScreen", Action.CALL_NUMBER_READ),
    _place("visits", "VisitsScreen", Action.VISIT_PLAN_LIST),
    _place("specials", "SpecialsScreen", Action.SPECIAL_FILING_LIST),
    _place("frozen", "FrozenScreen", Action.CASE_FREEZE_LIST),
    _place("log", "LogScreen", Action.AUDIT_LOG_READ, key="f8"),
    _place("trace", "TraceScreen", Action.AUDIT_EXPORT_TRACE),
    _place(
        "people",
        "PeopleScreen",
        Action.ACCOUNT_PERSON_LIST,
        Action.ACCOUNT_SESSION_LIST,
        Action.ACCOUNT_TRAINING_RECORD,
        key="f9",
    ),
    _place("staff_orders", "OrdersScreen", Action.ACCOUNT_PERSON_LIST, module="people_orders"),
    _place("sessions", "SessionsScreen", Action.ACCOUNT_SESSION_LIST),
    _place("training", "TrainingScreen", Action.ACCOUNT_TRAINING_LIST, module="people_training"),
    _place("roles", "RolesScreen", Action.ACCOUNT_ROLE_LIST),
    _place("held", "HeldRolesScreen", Action.ACCOUNT_ROLE_LIST, module="roles_held"),
    _place("recert", "RecertScreen", Action.ACCOUNT_ROLE_RECERTIFY, module="roles_recert"),
    _place("agencies", "AgenciesScreen", Action.ACCOUNT_AGENCY_LIST),
    _place("access", "AccessScreen", Action.ACCOUNT_ACCESS_EXPLAIN),
    _place("catalogue", "CatalogueScreen", Action.CATALOGUE_FIELD_READ),
    _place("keys", "KeysScreen", Action.ACCOUNT_PERSON_RESET, Action.ACCOUNT_PERSON_CHECK),
    _place("health", "HealthScreen", Action.HEALTH_DESK_READ),
)

GATE: Final = _place("gate", "GateScreen")
"""Where somebody stands who is signed in and shut out; nobody goes there by themselves."""

_FIRST: Final = ("queue", "inbox", "imports", "log", "people", "health", "roles")
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


def home(acts: Collection[str], roles: Collection[str], gates: Collection[str] = ()) -> Place | None:
    """Where the person starts; None for somebody who may go nowhere.

    gates: what shuts them out, which is then all there is to see.
    """
    if gates:
        return GATE
    if "auditor" in roles and _BY_NAME["log"].open_to(acts):
        return _BY_NAME["log"]
    if "system_admin" in roles and _BY_NAME["people"].open_to(acts):
        return _BY_NAME["people"]
    for name in _FIRST:
        if _BY_NAME[name].open_to(acts):
            return _BY_NAME[name]
    return None
