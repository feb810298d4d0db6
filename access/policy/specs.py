"""Where every act stands in the permission matrix: its rows and modes, and what must hold besides the role.

Closed like the list of names (`access.policy.actions`): an act without an entry is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from access.policy.actions import Action
from access.policy.model import StepUp
from access.roles import Mode, Scope


@unique
class Need(StrEnum):
    """A live condition that an act depends on, beyond role and scope."""

    APPROVERS = "approvers"
    ASKER = "asker"
    CLOCK = "clock"
    CONTACTABLE = "contactable"
    FREE_OF_HOLD = "free_of_hold"
    GRANT = "grant"
    IN_LINE = "in_line"
    KEYS = "keys"
    LIFTER = "lifter"
    NOT_PARTY = "not_party"
    NOTHING_OVERDUE = "nothing_overdue"
    OWN_HOLD = "own_hold"
    OWN_REQUEST = "own_request"
    PURPOSE = "purpose"
    QUOTA = "quota"
    SECOND = "second"
    TIER = "tier"
    TRAINED = "trained"
    UNFROZEN = "unfrozen"
    UNTIED = "untied"
    WORKABLE = "workable"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """Where an act stands in the matrix.

    Attributes:
        permits: Row of requirements §3.2 and mode in that row; each of them permits the act.
        needs: Live conditions; the state of the log and of the person are needed by every act.
        scopes: The only scopes in which the act makes sense; empty for every scope.
        looks: The act only looks at a list whose entries are decided on one by one; a permit's qualifiers, which say
            for what it may be used, do not bind it.
        ungated: The act is open to somebody whose training or confidentiality agreement is not in force: signing in to
            see why, and the ledger that restores access.
        newcomer: The act is open to somebody without any role yet, or no more, about themselves: to come in and read
            how they stand.
        step_up: Before the act the person shows another one-time code: of the last five minutes, or for this very act.
    """

    permits: tuple[tuple[int, Mode], ...]
    needs: frozenset[Need] = frozenset({Need.CLOCK})
    scopes: frozenset[Scope] = frozenset()
    looks: bool = False
    ungated: bool = False
    newcomer: bool = False
    step_up: StepUp | None = None


def _in(row: int, *modes: Mode) -> tuple[tuple[int, Mode], ...]:
    return tuple((row, mode) for mode in modes)


_CLOCK: Final = frozenset({Need.CLOCK})
_CUSTOMER: Final = frozenset({Need.CLOCK, Need.KEYS, Need.PURPOSE, Need.TRAINED})
_WORK: Final = _CUSTOMER | {Need.WORKABLE}
_HOLD: Final = frozenset({Need.CLOCK, Need.TRAINED, Need.WORKABLE})
_LOOK: Final = (Mode.MAKER, Mode.CHECKER, Mode.CHECKER2, Mode.LOG, Mode.DO, Mode.READ)
_ASK: Final = frozenset(
    {
        Need.APPROVERS,
        Need.CLOCK,
        Need.FREE_OF_HOLD,
        Need.PURPOSE,
        Need.QUOTA,
        Need.TIER,
        Need.TRAINED,
        Need.WORKABLE,
    }
)
_OTHERS: Final = frozenset({Need.CLOCK, Need.NOT_PARTY})
_LEDGER: Final = (Mode.MAKER, Mode.CHECKER, Mode.LOG, Mode.READ)
_ROLES: Final = (*_in(38, Mode.MAKER, Mode.CHECKER2, Mode.LOG, Mode.FILING), *_in(39, Mode.DO))
_REVEAL: Final = _CUSTOMER | {Need.TIER, Need.WORKABLE, Need.FREE_OF_HOLD, Need.GRANT, Need.OWN_REQUEST}
_FIRST: Final = frozenset({Need.CLOCK, Need.TRAINED, Need.NOT_PARTY, Need.IN_LINE})
_SECOND: Final = frozenset({Need.CLOCK, Need.TRAINED, Need.NOT_PARTY, Need.SECOND})
_EXPORT: Final = frozenset({Need.CLOCK, Need.TRAINED, Need.NOT_PARTY})
_GROUP: Final = frozenset({Scope.AGENCY, Scope.TEAM})

ACTIONS: Final[Mapping[Action, ActionSpec]] = MappingProxyType(
    {
        Action.ACCOUNT_AGREEMENT_RECORD: ActionSpec(_in(37, Mode.MAKER), _OTHERS),
        Action.ACCOUNT_DEPARTURE_CARRY_OUT: ActionSpec(_in(40, Mode.DO), _OTHERS),
        Action.ACCOUNT_DEPARTURE_CONFIRM: ActionSpec(_in(40, Mode.CHECKER), _OTHERS),
        Action.ACCOUNT_DEPARTURE_NOTE: ActionSpec(_in(40, Mode.MAKER, Mode.DO), _OTHERS),
        Action.ACCOUNT_PERSON_CHECK: ActionSpec(_in(37, Mode.CHECKER), _OTHERS, step_up=StepUp.AFRESH),
        Action.ACCOUNT_ACCESS_EXPLAIN: ActionSpec((*_in(1, Mode.DO), *_ROLES), looks=True),
        Action.ACCOUNT_CAMPAIGN_OPEN: ActionSpec(_in(38, Mode.CHECKER2, Mode.FILING)),
        Action.ACCOUNT_DELEGATION_CHANGE: ActionSpec(_in(8, Mode.CHECKER), scopes=frozenset({Scope.TEAM})),
        Action.ACCOUNT_DELEGATION_LIST: ActionSpec(_ROLES, looks=True),
        Action.ACCOUNT_PERSON_CREATE: ActionSpec(_in(37, Mode.MAKER)),
        Action.ACCOUNT_PERSON_INVITE: ActionSpec(_in(37, Mode.MAKER), _OTHERS, step_up=StepUp.RECENT),
        Action.ACCOUNT_PERSON_LIST: ActionSpec(_in(37, *_LOOK, Mode.REQUEST), looks=True),
        Action.ACCOUNT_PERSON_REACTIVATE: ActionSpec(_in(37, Mode.MAKER), _OTHERS),
        Action.ACCOUNT_PERSON_REQUEST: ActionSpec(_in(37, Mode.REQUEST)),
        Action.ACCOUNT_PERSON_RESET: ActionSpec(_in(37, Mode.MAKER), _OTHERS),
        Action.ACCOUNT_PERSON_SUSPEND: ActionSpec(_in(39, Mode.DO), _CLOCK | {Need.NOT_PARTY}),
        Action.ACCOUNT_PERSON_UNLOCK: ActionSpec(_in(37, Mode.MAKER), _OTHERS),
        Action.ACCOUNT_POST_RECORD: ActionSpec(_in(37, Mode.MAKER)),
        Action.ACCOUNT_ROLE_APPLY: ActionSpec(
            (*_in(1, Mode.DO), *_in(37, Mode.REQUEST), *_in(38, Mode.MAKER)), newcomer=True
        ),
        Action.ACCOUNT_ROLE_APPROVE: ActionSpec(
            _in(38, Mode.CHECKER2), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH
        ),
        Action.ACCOUNT_ROLE_COUNTERSIGN: ActionSpec(
            _in(38, Mode.CHECKER3), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH
        ),
        Action.ACCOUNT_ROLE_ENDORSE: ActionSpec(
            _in(38, Mode.CHECKER), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH
        ),
        Action.ACCOUNT_ROLE_ENTER: ActionSpec(_in(38, Mode.MAKER), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH),
        Action.ACCOUNT_ROLE_FILE: ActionSpec(_in(38, Mode.FILING), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH),
        Action.ACCOUNT_ROLE_LIST: ActionSpec((*_in(1, Mode.DO), *_ROLES), looks=True, newcomer=True),
        Action.ACCOUNT_ROLE_RECERTIFY: ActionSpec(
            _in(38, Mode.CHECKER, Mode.CHECKER2, Mode.FILING), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.ACCOUNT_ROLE_REVOKE: ActionSpec(_in(39, Mode.DO), _CLOCK | {Need.NOT_PARTY}),
        Action.ACCOUNT_ROLE_WITHDRAW: ActionSpec(_in(1, Mode.DO), frozenset(), newcomer=True),
        Action.ACCOUNT_SESSION_END: ActionSpec(_in(39, Mode.DO), frozenset()),
        Action.ACCOUNT_SESSION_LIST: ActionSpec(_in(39, Mode.DO)),
        Action.ACCOUNT_SESSION_SIGN_IN: ActionSpec(_in(1, Mode.DO), ungated=True, newcomer=True),
        Action.ACCOUNT_TRAINING_CHECK: ActionSpec(_in(55, Mode.CHECKER), _OTHERS),
        Action.ACCOUNT_TRAINING_LIST: ActionSpec((*_in(1, Mode.DO), *_in(55, *_LEDGER)), ungated=True, newcomer=True),
        Action.ACCOUNT_TRAINING_RECORD: ActionSpec(_in(55, Mode.MAKER), ungated=True),
        Action.ACCOUNT_UNIT_CREATE: ActionSpec(_in(37, Mode.MAKER)),
        Action.AUDIT_CHECKPOINT_SIGN: ActionSpec(_in(45, Mode.DO), _CLOCK | {Need.KEYS}),
        Action.AUDIT_EXPORT_TRACE: ActionSpec(_in(45, Mode.DO), frozenset({Need.KEYS})),
        Action.AUDIT_LOG_READ: ActionSpec(_in(43, Mode.READ)),
        Action.AUDIT_LOG_VERIFY: ActionSpec(_in(43, Mode.READ), frozenset(), frozenset({Scope.ANY})),
        Action.AUDIT_RECORD_READ: ActionSpec(_in(43, Mode.READ)),
        Action.AUDIT_SCREEN_TRACE: ActionSpec(_in(45, Mode.DO), frozenset({Need.KEYS})),
        Action.CASE_ASSIGNMENT_BULK: ActionSpec(_in(24, Mode.MAKER), _CLOCK | {Need.UNTIED}),
        Action.CASE_ASSIGNMENT_CHANGE: ActionSpec(_in(23, Mode.DO), _CLOCK | {Need.UNTIED}),
        Action.CASE_CAPACITY_SET: ActionSpec(_in(23, Mode.DO)),
        Action.CASE_CONTACT_ACCEPT: ActionSpec(
            _in(19, Mode.CHECKER), _CUSTOMER | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.CASE_CONTACT_LIST: ActionSpec(_in(19, Mode.MAKER, Mode.CHECKER), _CUSTOMER, looks=True),
        Action.CASE_CONTACT_PROPOSE: ActionSpec(_in(19, Mode.MAKER), _CUSTOMER),
        Action.CASE_CONTACT_REFUSE: ActionSpec(_in(19, Mode.CHECKER), _CLOCK | {Need.TRAINED, Need.NOT_PARTY}),
        Action.CASE_CONTACT_WITHDRAW: ActionSpec(_in(19, Mode.MAKER), frozenset({Need.OWN_REQUEST})),
        Action.CASE_CUSTOMER_SEARCH: ActionSpec(_in(5, Mode.DO), _CUSTOMER | {Need.QUOTA, Need.UNFROZEN}),
        Action.CASE_DIGITS_VERIFY: ActionSpec(_in(6, Mode.DO), _CUSTOMER | {Need.QUOTA, Need.UNFROZEN}),
        Action.CASE_DRAFT_KEEP: ActionSpec(_in(18, Mode.DO), _CUSTOMER),
        Action.CASE_DRAFT_READ: ActionSpec(_in(18, Mode.DO), _CUSTOMER),
        Action.CASE_FIELD_REVEAL: ActionSpec(_in(7, Mode.MAKER), _REVEAL),
        Action.CASE_FILE_OPEN: ActionSpec(_in(4, Mode.READ), _CUSTOMER),
        Action.CASE_FREEZE_LIFT: ActionSpec(_in(48, Mode.DO), _CLOCK | {Need.NOT_PARTY}),
        Action.CASE_FREEZE_LIST: ActionSpec(_in(48, Mode.DO)),
        Action.CASE_INTEREST_DECLARE: ActionSpec(_in(22, Mode.MAKER, Mode.DO)),
        Action.CASE_INTEREST_LIFT: ActionSpec(_in(22, Mode.DO), _CLOCK | {Need.NOT_PARTY}),
        Action.CASE_INTEREST_LIST: ActionSpec(_in(22, Mode.DO), looks=True),
        Action.CASE_NOTE_READ: ActionSpec(_in(4, Mode.READ), _CUSTOMER),
        Action.CASE_NOTE_WRITE: ActionSpec(_in(18, Mode.DO), _CUSTOMER),
        Action.CASE_HOLD_ASK: ActionSpec(_in(22, Mode.MAKER, Mode.DO), _HOLD),
        Action.CASE_HOLD_ASK_LIFT: ActionSpec(_in(22, Mode.MAKER, Mode.DO), _CLOCK | {Need.TRAINED}),
        Action.CASE_HOLD_CONFIRM: ActionSpec(_in(22, Mode.DO), _CLOCK | {Need.TRAINED, Need.NOT_PARTY}),
        Action.CASE_HOLD_LIFT: ActionSpec(_in(22, Mode.DO), _CLOCK | {Need.TRAINED, Need.LIFTER}),
        Action.CASE_HOLD_LIST: ActionSpec(_in(22, Mode.DO)),
        Action.CASE_HOLD_PLACE: ActionSpec(_in(22, Mode.DO), _HOLD),
        Action.CASE_HOLD_STOP: ActionSpec(_in(22, Mode.MAKER, Mode.DO), _HOLD),
        Action.CASE_HOLD_WITHDRAW: ActionSpec(_in(22, Mode.MAKER, Mode.DO), frozenset({Need.OWN_HOLD})),
        Action.CASE_PROMISE_MAKE: ActionSpec(_in(18, Mode.DO), _WORK | {Need.CONTACTABLE}),
        Action.CASE_PROMISE_WITHDRAW: ActionSpec(_in(18, Mode.DO), _WORK),
        Action.CASE_QUEUE_LIST_AGENCY: ActionSpec(_in(3, Mode.DO), _CUSTOMER, frozenset({Scope.AGENCY})),
        Action.CASE_QUEUE_LIST_OWN: ActionSpec(_in(2, Mode.DO), _CUSTOMER, frozenset({Scope.OWN})),
        Action.CASE_QUEUE_LIST_TEAM: ActionSpec(_in(3, Mode.DO), _CUSTOMER, frozenset({Scope.TEAM})),
        Action.CASE_RESULT_ATTEMPT: ActionSpec(_in(18, Mode.DO), _WORK | {Need.CONTACTABLE}),
        Action.CASE_RESULT_RECORD: ActionSpec(_in(18, Mode.DO), _WORK),
        Action.CASE_SCHEDULE_PLAN: ActionSpec(_in(18, Mode.DO), _WORK | {Need.CONTACTABLE}),
        Action.CASE_TIMELINE_READ: ActionSpec(_in(4, Mode.READ), _CUSTOMER),
        Action.CATALOGUE_FIELD_READ: ActionSpec(_in(41, *_LOOK), looks=True),
        Action.CONTACT_CONSENT_RECORD: ActionSpec(_in(18, Mode.DO), _WORK),
        Action.CONTACT_CONSENT_WITHDRAW: ActionSpec(_in(18, Mode.DO), _CUSTOMER),
        Action.CONTACT_RULES_APPROVE: ActionSpec(
            _in(26, Mode.CHECKER), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.CONTACT_RULES_LIMIT: ActionSpec(
            _in(26, Mode.CHECKER2), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.CONTACT_RULES_PROPOSE: ActionSpec(_in(26, Mode.MAKER)),
        Action.CONTACT_RULES_READ: ActionSpec((*_in(13, Mode.DO), *_in(26, *_LOOK)), looks=True),
        Action.CONTACT_RULES_ROLL_BACK: ActionSpec(
            _in(26, Mode.CHECKER2), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.CONTACT_SLOT_CHECK: ActionSpec(_in(13, Mode.DO), _CUSTOMER),
        Action.CONTACT_SLOT_RESERVE: ActionSpec(_in(13, Mode.DO), _CUSTOMER),
        Action.CONTACT_STOP_LIFT: ActionSpec(_in(22, Mode.DO), _CLOCK | {Need.NOT_PARTY, Need.TRAINED}),
        Action.CONTACT_STOP_SET: ActionSpec(_in(22, Mode.MAKER, Mode.DO), _CLOCK | {Need.TRAINED}),
        Action.CONTACT_THIRD_RESERVE: ActionSpec(_in(21, Mode.DO), _CUSTOMER),
        Action.EXPORT_BASIS_RECORD: ActionSpec(_in(35, Mode.CHECKER3), _CLOCK | {Need.TRAINED}),
        Action.EXPORT_FILE_CONFIRM: ActionSpec(_in(33, Mode.MAKER), _CLOCK | {Need.ASKER}),
        Action.EXPORT_FILE_FETCH: ActionSpec(_in(33, Mode.MAKER), _CLOCK | {Need.ASKER, Need.TRAINED}),
        Action.EXPORT_FILE_PASSWORD: ActionSpec(
            _in(33, Mode.MAKER), _CLOCK | {Need.ASKER, Need.TRAINED, Need.KEYS}, step_up=StepUp.AFRESH
        ),
        Action.EXPORT_FILE_RELEASE: ActionSpec(
            _in(36, Mode.DO), _CLOCK | {Need.TRAINED, Need.NOT_PARTY}, step_up=StepUp.AFRESH
        ),
        Action.EXPORT_REQUEST_APPROVE: ActionSpec(_in(34, Mode.CHECKER), _EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_APPROVE_OUTSIDE: ActionSpec(_in(35, Mode.CHECKER), _EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_ASK: ActionSpec(
            _in(33, Mode.MAKER), _CLOCK | {Need.KEYS, Need.TRAINED, Need.NOTHING_OVERDUE}, step_up=StepUp.AFRESH
        ),
        Action.EXPORT_REQUEST_CANCEL: ActionSpec(_in(48, Mode.DO), _CLOCK),
        Action.EXPORT_REQUEST_COMPLY: ActionSpec(_in(35, Mode.CHECKER3), _EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_LIST: ActionSpec(
            (*_in(33, Mode.MAKER), *_in(34, Mode.CHECKER), *_in(36, Mode.DO)), looks=True
        ),
        Action.EXPORT_REQUEST_SECOND: ActionSpec(_in(34, Mode.CHECKER2), _EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_SECOND_OUTSIDE: ActionSpec(_in(35, Mode.CHECKER2), _EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_WITHDRAW: ActionSpec(_in(33, Mode.MAKER), frozenset({Need.ASKER})),
        Action.HEALTH_DESK_READ: ActionSpec(_in(52, *_LOOK), frozenset(), looks=True),
        Action.IMPORT_BATCH_APPROVE: ActionSpec(
            _in(25, Mode.CHECKER), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.IMPORT_BATCH_DRY_RUN: ActionSpec(
            _in(25, Mode.MAKER), _CLOCK | {Need.KEYS, Need.TRAINED, Need.QUOTA, Need.UNFROZEN}
        ),
        Action.IMPORT_BATCH_READ: ActionSpec(_in(25, *_LOOK), looks=True),
        Action.IMPORT_BATCH_STAGE: ActionSpec(_in(25, Mode.MAKER), _CLOCK | {Need.KEYS, Need.TRAINED}),
        Action.IMPORT_SOURCE_APPROVE: ActionSpec(
            _in(25, Mode.CHECKER), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.IMPORT_SOURCE_PROPOSE: ActionSpec(_in(25, Mode.MAKER)),
        Action.IMPORT_SOURCE_READ: ActionSpec(_in(25, *_LOOK), looks=True),
        Action.REVEAL_GRANT_REVIEW: ActionSpec(_in(45, Mode.DO, Mode.CHECKER), _CLOCK | {Need.NOT_PARTY}),
        Action.REVEAL_GRANT_REVOKE: ActionSpec(_in(10, Mode.DO), frozenset()),
        Action.REVEAL_INBOX_READ: ActionSpec((*_in(8, Mode.CHECKER), *_in(9, Mode.CHECKER2)), looks=True),
        Action.REVEAL_REQUEST_APPROVE: ActionSpec(_in(8, Mode.CHECKER), _FIRST, step_up=StepUp.RECENT),
        Action.REVEAL_REQUEST_ASK: ActionSpec(_in(7, Mode.MAKER), _ASK),
        Action.REVEAL_REQUEST_LIST_OWN: ActionSpec(_in(7, Mode.MAKER)),
        Action.REVEAL_REQUEST_REFUSE: ActionSpec(
            (*_in(8, Mode.CHECKER), *_in(9, Mode.CHECKER2)), _CLOCK | {Need.TRAINED, Need.NOT_PARTY}
        ),
        Action.REVEAL_REQUEST_SECOND: ActionSpec(_in(9, Mode.CHECKER2), _SECOND, step_up=StepUp.AFRESH),
        Action.REVEAL_REQUEST_WITHDRAW: ActionSpec(_in(7, Mode.MAKER), frozenset({Need.OWN_REQUEST})),
        Action.TEAM_ABSENCE_SET: ActionSpec(_in(23, Mode.DO), scopes=_GROUP),
        Action.TEAM_BOARD_READ: ActionSpec(_in(3, Mode.DO), scopes=_GROUP),
        Action.TEAM_COACHING_ACKNOWLEDGE: ActionSpec(_in(55, Mode.READ), scopes=frozenset({Scope.OWN})),
        Action.TEAM_COACHING_READ: ActionSpec(_in(55, Mode.READ)),
        Action.TEAM_COACHING_WRITE: ActionSpec(_in(17, Mode.DO), _CLOCK | {Need.NOT_PARTY}, frozenset({Scope.TEAM})),
        Action.TEAM_FIGURES_READ: ActionSpec((*_in(2, Mode.DO), *_in(3, Mode.DO)), scopes=_GROUP | {Scope.OWN}),
        Action.STRATEGY_EDITION_APPLY: ActionSpec(_in(26, Mode.MAKER)),
        Action.STRATEGY_EDITION_APPROVE: ActionSpec(
            _in(26, Mode.CHECKER), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.STRATEGY_EDITION_DRY_RUN: ActionSpec(_in(26, Mode.MAKER)),
        Action.STRATEGY_EDITION_LIMIT: ActionSpec(
            _in(26, Mode.CHECKER2), _CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.STRATEGY_EDITION_PROPOSE: ActionSpec(_in(26, Mode.MAKER)),
        Action.STRATEGY_EDITION_READ: ActionSpec(_in(26, *_LOOK), looks=True),
        Action.STRATEGY_EDITION_ROLL_BACK: ActionSpec(_in(26, Mode.MAKER)),
    }
)
