"""Where every act stands in the permission matrix: its rows and modes, and what must hold besides the role.

Closed like the list of names (`access.policy.actions`): an act without an entry is refused. What an entry is: `entry`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from access.policy.actions import Action
from access.policy.entry import (
    ASK,
    CLOCK,
    CUSTOMER,
    EXPORT,
    FIRST,
    GROUP,
    HOLD,
    IDENTIFY,
    LEDGER,
    LOOK,
    OTHERS,
    REVEAL,
    ROLES,
    SECOND,
    SPECIAL,
    TASKS,
    WORK,
    ActionSpec,
    Need,
    row,
)
from access.policy.model import StepUp
from access.roles import Mode, Scope

ACTIONS: Final[Mapping[Action, ActionSpec]] = MappingProxyType(
    {
        Action.ACCOUNT_AGENCY_APPROVE: ActionSpec(row(53, Mode.CHECKER2), OTHERS, step_up=StepUp.AFRESH),
        Action.ACCOUNT_AGENCY_CHECK: ActionSpec(row(53, Mode.CHECKER), OTHERS, step_up=StepUp.RECENT),
        Action.ACCOUNT_AGENCY_LIST: ActionSpec(row(53, *LOOK), looks=True),
        Action.ACCOUNT_AGENCY_PROPOSE: ActionSpec(row(53, Mode.MAKER)),
        Action.ACCOUNT_AGENCY_WITHDRAW: ActionSpec(row(53, Mode.MAKER), frozenset({Need.OWN_REQUEST})),
        Action.ACCOUNT_AGREEMENT_RECORD: ActionSpec(row(37, Mode.MAKER), OTHERS),
        Action.ACCOUNT_DEPARTURE_CARRY_OUT: ActionSpec(row(40, Mode.DO), OTHERS),
        Action.ACCOUNT_DEPARTURE_CONFIRM: ActionSpec(row(40, Mode.CHECKER), OTHERS),
        Action.ACCOUNT_DEPARTURE_NOTE: ActionSpec(row(40, Mode.MAKER, Mode.DO), OTHERS),
        Action.ACCOUNT_PERSON_CHECK: ActionSpec(row(37, Mode.CHECKER), OTHERS, step_up=StepUp.AFRESH),
        Action.ACCOUNT_ACCESS_EXPLAIN: ActionSpec((*row(1, Mode.DO), *ROLES), looks=True),
        Action.ACCOUNT_CAMPAIGN_OPEN: ActionSpec(row(38, Mode.CHECKER2, Mode.FILING)),
        Action.ACCOUNT_DELEGATION_CHANGE: ActionSpec(row(8, Mode.CHECKER), scopes=frozenset({Scope.TEAM})),
        Action.ACCOUNT_DELEGATION_LIST: ActionSpec(ROLES, looks=True),
        Action.ACCOUNT_PERSON_CREATE: ActionSpec(row(37, Mode.MAKER)),
        Action.ACCOUNT_PERSON_INVITE: ActionSpec(row(37, Mode.MAKER), OTHERS, step_up=StepUp.RECENT),
        Action.ACCOUNT_PERSON_LIST: ActionSpec(row(37, *LOOK, Mode.REQUEST), looks=True),
        Action.ACCOUNT_PERSON_REACTIVATE: ActionSpec(row(37, Mode.MAKER), OTHERS),
        Action.ACCOUNT_PERSON_REQUEST: ActionSpec(row(37, Mode.REQUEST)),
        Action.ACCOUNT_PERSON_RESET: ActionSpec(row(37, Mode.MAKER), OTHERS),
        Action.ACCOUNT_PERSON_SUSPEND: ActionSpec(row(39, Mode.DO), CLOCK | {Need.NOT_PARTY}),
        Action.ACCOUNT_PERSON_UNLOCK: ActionSpec(row(37, Mode.MAKER), OTHERS),
        Action.ACCOUNT_POST_RECORD: ActionSpec(row(37, Mode.MAKER)),
        Action.ACCOUNT_ROLE_APPLY: ActionSpec(
            (*row(1, Mode.DO), *row(37, Mode.REQUEST), *row(38, Mode.MAKER)), newcomer=True
        ),
        Action.ACCOUNT_ROLE_APPROVE: ActionSpec(
            row(38, Mode.CHECKER2), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH
        ),
        Action.ACCOUNT_ROLE_COUNTERSIGN: ActionSpec(
            row(38, Mode.CHECKER3), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH
        ),
        Action.ACCOUNT_ROLE_ENDORSE: ActionSpec(row(38, Mode.CHECKER), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH),
        Action.ACCOUNT_ROLE_ENTER: ActionSpec(row(38, Mode.MAKER), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH),
        Action.ACCOUNT_ROLE_FILE: ActionSpec(row(38, Mode.FILING), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.AFRESH),
        Action.ACCOUNT_ROLE_LIST: ActionSpec((*row(1, Mode.DO), *ROLES), looks=True, newcomer=True),
        Action.ACCOUNT_ROLE_RECERTIFY: ActionSpec(
            row(38, Mode.CHECKER, Mode.CHECKER2, Mode.FILING), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.ACCOUNT_ROLE_REVOKE: ActionSpec(row(39, Mode.DO), CLOCK | {Need.NOT_PARTY}),
        Action.ACCOUNT_ROLE_WITHDRAW: ActionSpec(row(1, Mode.DO), frozenset(), newcomer=True),
        Action.ACCOUNT_SESSION_END: ActionSpec(row(39, Mode.DO), frozenset()),
        Action.ACCOUNT_SESSION_LIST: ActionSpec(row(39, Mode.DO)),
        Action.ACCOUNT_SESSION_SIGN_IN: ActionSpec(row(1, Mode.DO), ungated=True, newcomer=True),
        Action.ACCOUNT_TRAINING_CHECK: ActionSpec(row(55, Mode.CHECKER), OTHERS),
        Action.ACCOUNT_TRAINING_LIST: ActionSpec((*row(1, Mode.DO), *row(55, *LEDGER)), ungated=True, newcomer=True),
        Action.ACCOUNT_TRAINING_RECORD: ActionSpec(row(55, Mode.MAKER), ungated=True),
        Action.ACCOUNT_UNIT_CREATE: ActionSpec(row(37, Mode.MAKER)),
        Action.AUDIT_CHECKPOINT_SIGN: ActionSpec(row(45, Mode.DO), CLOCK | {Need.KEYS}),
        Action.AUDIT_EXPORT_TRACE: ActionSpec(row(45, Mode.DO), frozenset({Need.KEYS})),
        Action.AUDIT_LOG_READ: ActionSpec(row(43, Mode.READ)),
        Action.AUDIT_LOG_VERIFY: ActionSpec(row(43, Mode.READ), frozenset(), frozenset({Scope.ANY})),
        Action.AUDIT_RECORD_READ: ActionSpec(row(43, Mode.READ)),
        Action.AUDIT_SCREEN_TRACE: ActionSpec(row(45, Mode.DO), frozenset({Need.KEYS})),
        # Whoever speaks may always stop speaking.
        Action.CALL_LINE_END: ActionSpec(row(13, Mode.DO), frozenset(), ungated=True),
        Action.CALL_LINE_LIST: ActionSpec(row(13, Mode.DO)),
        Action.CALL_LINE_START: ActionSpec(row(13, Mode.DO), WORK | {Need.CONTACTABLE}),
        # Whoever calls in is no contact of ours: the rules of contacting do not stand in the way, a barred person does.
        Action.CALL_LINE_TAKE: ActionSpec(row(13, Mode.DO), CUSTOMER),
        Action.CALL_LIVE_READ: ActionSpec(row(3, Mode.DO), scopes=GROUP),
        # The system admin keeps the lines, the security admin has the second key.
        Action.CALL_NUMBER_APPROVE: ActionSpec(row(26, Mode.CHECKER), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT),
        Action.CALL_NUMBER_BIND: ActionSpec(row(13, Mode.DO), WORK),
        Action.CALL_NUMBER_PROPOSE: ActionSpec(row(52, Mode.DO)),
        Action.CALL_NUMBER_READ: ActionSpec((*row(26, Mode.CHECKER, Mode.LOG), *row(52, Mode.DO)), looks=True),
        Action.CALL_NUMBER_RELEASE: ActionSpec(row(13, Mode.DO)),
        Action.CALL_NUMBER_RETIRE: ActionSpec((*row(26, Mode.CHECKER), *row(52, Mode.DO))),
        Action.CALL_PHONE_LIST: ActionSpec(row(37, *LOOK), looks=True),
        Action.CALL_PHONE_SET: ActionSpec(row(37, Mode.MAKER), OTHERS, step_up=StepUp.RECENT),
        Action.CALL_RECORDING_APPROVE: ActionSpec(row(50, Mode.CHECKER), OTHERS, step_up=StepUp.AFRESH),
        Action.CALL_RECORDING_DESTROY: ActionSpec(row(50, Mode.DO), OTHERS, step_up=StepUp.AFRESH),
        Action.CALL_RECORDING_DUE: ActionSpec(row(50, *LOOK), looks=True),
        Action.CALL_RECORDING_FIND: ActionSpec(row(17, Mode.DO), CUSTOMER, frozenset({Scope.TASK})),
        # Whoever listens may always stop listening.
        Action.CALL_RECORDING_LEAVE: ActionSpec(row(17, Mode.DO), frozenset(), looks=True, ungated=True),
        Action.CALL_RECORDING_LISTEN: ActionSpec(row(17, Mode.DO), CUSTOMER),
        Action.CALL_RECORDING_PROPOSE: ActionSpec(row(50, Mode.MAKER)),
        Action.CALL_RECORDING_WITNESS: ActionSpec(row(50, Mode.DO), OTHERS, step_up=StepUp.AFRESH),
        # Whoever checks the audit hands out its samples; whoever logs a complaint or request hands it to its handler.
        Action.CALL_TASK_AUDIT: ActionSpec(
            row(45, Mode.CHECKER), OTHERS | {Need.TRAINED}, frozenset({Scope.ANY}), step_up=StepUp.RECENT
        ),
        # Whoever gave one or has it may always end it, as may whoever ends any reveal.
        Action.CALL_TASK_END: ActionSpec((*row(10, Mode.DO), *row(17, Mode.DO)), frozenset(), TASKS, looks=True),
        Action.CALL_TASK_HANDLE: ActionSpec(row(31, Mode.DO), OTHERS | {Need.TRAINED}, step_up=StepUp.RECENT),
        Action.CALL_TASK_LIST: ActionSpec((*row(10, Mode.DO), *row(17, Mode.DO)), scopes=TASKS, looks=True),
        Action.CALL_TRUNK_SET: ActionSpec(row(52, Mode.DO), step_up=StepUp.RECENT),
        Action.CALL_WRAP_LIST: ActionSpec(row(13, Mode.DO)),
        Action.CALL_WRAP_SAVE: ActionSpec(row(13, Mode.DO), CLOCK | {Need.TRAINED}),
        Action.CASE_ASSIGNMENT_BULK: ActionSpec(row(24, Mode.MAKER), CLOCK | {Need.UNTIED}),
        Action.CASE_ASSIGNMENT_CHANGE: ActionSpec(row(23, Mode.DO), CLOCK | {Need.UNTIED}),
        # Asked about whoever is to be given a case, as if it were theirs.
        Action.CASE_ASSIGNMENT_RECEIVE: ActionSpec(row(2, Mode.DO), CUSTOMER | {Need.ENGAGED}, frozenset({Scope.OWN})),
        Action.CASE_CAPACITY_SET: ActionSpec(row(23, Mode.DO)),
        Action.CASE_CONTACT_ACCEPT: ActionSpec(
            row(19, Mode.CHECKER), CUSTOMER | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.CASE_CONTACT_LIST: ActionSpec(row(19, Mode.MAKER, Mode.CHECKER), CUSTOMER, looks=True),
        Action.CASE_CONTACT_PROPOSE: ActionSpec(row(19, Mode.MAKER), CUSTOMER),
        Action.CASE_CONTACT_REFUSE: ActionSpec(row(19, Mode.CHECKER), CLOCK | {Need.TRAINED, Need.NOT_PARTY}),
        Action.CASE_CONTACT_WITHDRAW: ActionSpec(row(19, Mode.MAKER), frozenset({Need.OWN_REQUEST})),
        Action.CASE_CUSTOMER_SEARCH: ActionSpec(row(5, Mode.DO), CUSTOMER | {Need.QUOTA, Need.UNFROZEN}),
        Action.CASE_DIGITS_VERIFY: ActionSpec(row(6, Mode.DO), CUSTOMER | {Need.QUOTA, Need.UNFROZEN}),
        Action.CASE_DRAFT_KEEP: ActionSpec(row(18, Mode.DO), CUSTOMER),
        Action.CASE_DRAFT_READ: ActionSpec(row(18, Mode.DO), CUSTOMER),
        Action.CASE_FIELD_IDENTIFY: ActionSpec(row(7, Mode.MAKER), IDENTIFY),
        Action.CASE_FIELD_REVEAL: ActionSpec(row(7, Mode.MAKER), REVEAL),
        Action.CASE_FILE_OPEN: ActionSpec(row(4, Mode.READ), CUSTOMER),
        Action.CASE_FREEZE_LIFT: ActionSpec(row(48, Mode.DO), CLOCK | {Need.NOT_PARTY}),
        Action.CASE_FREEZE_LIST: ActionSpec(row(48, Mode.DO)),
        Action.CASE_INTEREST_DECLARE: ActionSpec(row(22, Mode.MAKER, Mode.DO)),
        Action.CASE_INTEREST_LIFT: ActionSpec(row(22, Mode.DO), CLOCK | {Need.NOT_PARTY}),
        Action.CASE_INTEREST_LIST: ActionSpec(row(22, Mode.DO), looks=True),
        Action.CASE_NOTE_READ: ActionSpec(row(4, Mode.READ), CUSTOMER),
        Action.CASE_NOTE_WRITE: ActionSpec(row(18, Mode.DO), CUSTOMER),
        Action.CASE_HOLD_ASK: ActionSpec(row(22, Mode.MAKER, Mode.DO), HOLD),
        Action.CASE_HOLD_ASK_LIFT: ActionSpec(row(22, Mode.MAKER, Mode.DO), CLOCK | {Need.TRAINED}),
        Action.CASE_HOLD_CONFIRM: ActionSpec(row(22, Mode.DO), CLOCK | {Need.TRAINED, Need.NOT_PARTY}),
        Action.CASE_HOLD_LIFT: ActionSpec(row(22, Mode.DO), CLOCK | {Need.TRAINED, Need.LIFTER}),
        Action.CASE_HOLD_LIST: ActionSpec(row(22, Mode.DO)),
        Action.CASE_HOLD_PLACE: ActionSpec(row(22, Mode.DO), HOLD),
        Action.CASE_HOLD_STOP: ActionSpec(row(22, Mode.MAKER, Mode.DO), HOLD),
        Action.CASE_HOLD_WITHDRAW: ActionSpec(row(22, Mode.MAKER, Mode.DO), frozenset({Need.OWN_HOLD})),
        Action.CASE_PROMISE_MAKE: ActionSpec(row(18, Mode.DO), WORK | {Need.CONTACTABLE}),
        Action.CASE_PROMISE_WITHDRAW: ActionSpec(row(18, Mode.DO), WORK),
        Action.CASE_QUEUE_LIST_AGENCY: ActionSpec(row(3, Mode.DO), CUSTOMER, frozenset({Scope.AGENCY})),
        Action.CASE_QUEUE_LIST_OWN: ActionSpec(row(2, Mode.DO), CUSTOMER, frozenset({Scope.OWN})),
        Action.CASE_QUEUE_LIST_TEAM: ActionSpec(row(3, Mode.DO), CUSTOMER, frozenset({Scope.TEAM})),
        Action.CASE_RESULT_ATTEMPT: ActionSpec(row(18, Mode.DO), WORK | {Need.CONTACTABLE}),
        Action.CASE_RESULT_RECORD: ActionSpec(row(18, Mode.DO), WORK),
        Action.CASE_SCHEDULE_PLAN: ActionSpec(row(18, Mode.DO), WORK | {Need.CONTACTABLE}),
        Action.CASE_TIMELINE_READ: ActionSpec(row(4, Mode.READ), CUSTOMER),
        Action.CATALOGUE_FIELD_READ: ActionSpec(row(41, *LOOK), looks=True),
        # Whoever decides that a customer is left alone sees what says that they need not be.
        Action.CONTACT_CONSENT_CONFIRM: ActionSpec(row(22, Mode.DO), WORK | {Need.NOT_PARTY}),
        # Whoever records one sees what became of it.
        Action.CONTACT_CONSENT_LIST: ActionSpec((*row(18, Mode.DO), *row(22, Mode.DO)), CUSTOMER, looks=True),
        Action.CONTACT_CONSENT_RECORD: ActionSpec(row(18, Mode.DO), WORK),
        Action.CONTACT_CONSENT_REFUSE: ActionSpec(row(22, Mode.DO), CLOCK | {Need.TRAINED, Need.NOT_PARTY}),
        Action.CONTACT_CONSENT_WITHDRAW: ActionSpec(row(18, Mode.DO), CUSTOMER),
        Action.CONTACT_RULES_APPROVE: ActionSpec(
            row(26, Mode.CHECKER), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.CONTACT_RULES_LIMIT: ActionSpec(row(26, Mode.CHECKER2), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT),
        Action.CONTACT_RULES_PROPOSE: ActionSpec(row(26, Mode.MAKER)),
        Action.CONTACT_RULES_READ: ActionSpec((*row(13, Mode.DO), *row(26, *LOOK)), looks=True),
        Action.CONTACT_RULES_ROLL_BACK: ActionSpec(
            row(26, Mode.CHECKER2), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.CONTACT_SLOT_CHECK: ActionSpec(row(13, Mode.DO), CUSTOMER),
        Action.CONTACT_SLOT_RESERVE: ActionSpec(row(13, Mode.DO), CUSTOMER),
        Action.CONTACT_STOP_LIFT: ActionSpec(row(22, Mode.DO), CLOCK | {Need.NOT_PARTY, Need.TRAINED}),
        Action.CONTACT_STOP_SET: ActionSpec(row(22, Mode.MAKER, Mode.DO), CLOCK | {Need.TRAINED}),
        Action.CONTACT_THIRD_RESERVE: ActionSpec(row(21, Mode.DO), CUSTOMER),
        Action.EXPORT_BASIS_RECORD: ActionSpec(row(35, Mode.CHECKER3), CLOCK | {Need.TRAINED}),
        Action.EXPORT_FILE_CONFIRM: ActionSpec(row(33, Mode.MAKER), CLOCK | {Need.ASKER}),
        Action.EXPORT_FILE_FETCH: ActionSpec(row(33, Mode.MAKER), CLOCK | {Need.ASKER, Need.TRAINED}),
        Action.EXPORT_FILE_PASSWORD: ActionSpec(
            row(33, Mode.MAKER), CLOCK | {Need.ASKER, Need.TRAINED, Need.KEYS}, step_up=StepUp.AFRESH
        ),
        Action.EXPORT_FILE_RELEASE: ActionSpec(
            row(36, Mode.DO), CLOCK | {Need.TRAINED, Need.NOT_PARTY}, step_up=StepUp.AFRESH
        ),
        Action.EXPORT_REQUEST_APPROVE: ActionSpec(row(34, Mode.CHECKER), EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_APPROVE_OUTSIDE: ActionSpec(row(35, Mode.CHECKER), EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_ASK: ActionSpec(
            row(33, Mode.MAKER), CLOCK | {Need.KEYS, Need.TRAINED, Need.NOTHING_OVERDUE}, step_up=StepUp.AFRESH
        ),
        Action.EXPORT_REQUEST_CANCEL: ActionSpec(row(48, Mode.DO), CLOCK),
        Action.EXPORT_REQUEST_COMPLY: ActionSpec(row(35, Mode.CHECKER3), EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_LIST: ActionSpec(
            (*row(33, Mode.MAKER), *row(34, Mode.CHECKER), *row(36, Mode.DO)), looks=True
        ),
        Action.EXPORT_REQUEST_SECOND: ActionSpec(row(34, Mode.CHECKER2), EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_SECOND_OUTSIDE: ActionSpec(row(35, Mode.CHECKER2), EXPORT, step_up=StepUp.AFRESH),
        Action.EXPORT_REQUEST_WITHDRAW: ActionSpec(row(33, Mode.MAKER), frozenset({Need.ASKER})),
        Action.HEALTH_DESK_READ: ActionSpec(row(52, *LOOK), frozenset(), looks=True),
        Action.HEALTH_LINE_READ: ActionSpec(row(52, Mode.DO), looks=True),
        Action.IMPORT_BATCH_APPROVE: ActionSpec(
            row(25, Mode.CHECKER), CLOCK | {Need.NOT_PARTY, Need.ENGAGED}, step_up=StepUp.RECENT
        ),
        Action.IMPORT_BATCH_DRY_RUN: ActionSpec(
            row(25, Mode.MAKER), CLOCK | {Need.KEYS, Need.TRAINED, Need.QUOTA, Need.UNFROZEN}
        ),
        Action.IMPORT_BATCH_READ: ActionSpec(row(25, *LOOK), looks=True),
        Action.IMPORT_BATCH_STAGE: ActionSpec(row(25, Mode.MAKER), CLOCK | {Need.KEYS, Need.TRAINED, Need.ENGAGED}),
        Action.IMPORT_SOURCE_APPROVE: ActionSpec(
            row(25, Mode.CHECKER), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.IMPORT_SOURCE_PROPOSE: ActionSpec(row(25, Mode.MAKER)),
        Action.IMPORT_SOURCE_READ: ActionSpec(row(25, *LOOK), looks=True),
        Action.MESSAGE_LINE_SET: ActionSpec(row(52, Mode.DO), step_up=StepUp.RECENT),
        Action.MESSAGE_TEMPLATE_APPROVE: ActionSpec(
            row(15, Mode.CHECKER), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.MESSAGE_TEMPLATE_PROPOSE: ActionSpec(row(15, Mode.MAKER)),
        Action.MESSAGE_TEMPLATE_READ: ActionSpec((*row(14, Mode.DO), *row(15, *LOOK)), looks=True),
        Action.MESSAGE_TEMPLATE_RETIRE: ActionSpec(row(15, Mode.MAKER, Mode.CHECKER)),
        Action.MESSAGE_TEXT_LIST: ActionSpec(row(14, Mode.DO)),
        Action.MESSAGE_TEXT_PREVIEW: ActionSpec(row(14, Mode.DO), CUSTOMER),
        Action.MESSAGE_TEXT_SEND: ActionSpec(row(14, Mode.DO), WORK | {Need.CONTACTABLE}),
        Action.REVEAL_GRANT_REVIEW: ActionSpec(row(45, Mode.DO, Mode.CHECKER), CLOCK | {Need.NOT_PARTY}),
        Action.REVEAL_GRANT_REVOKE: ActionSpec(row(10, Mode.DO), frozenset()),
        Action.REVEAL_INBOX_READ: ActionSpec((*row(8, Mode.CHECKER), *row(9, Mode.CHECKER2)), looks=True),
        Action.REVEAL_REQUEST_APPROVE: ActionSpec(row(8, Mode.CHECKER), FIRST, step_up=StepUp.RECENT),
        Action.REVEAL_REQUEST_ASK: ActionSpec(row(7, Mode.MAKER), ASK),
        Action.REVEAL_REQUEST_LIST_OWN: ActionSpec(row(7, Mode.MAKER)),
        Action.REVEAL_REQUEST_REFUSE: ActionSpec(
            (*row(8, Mode.CHECKER), *row(9, Mode.CHECKER2)), CLOCK | {Need.TRAINED, Need.NOT_PARTY}
        ),
        Action.REVEAL_REQUEST_SECOND: ActionSpec(row(9, Mode.CHECKER2), SECOND, step_up=StepUp.AFRESH),
        Action.REVEAL_REQUEST_WITHDRAW: ActionSpec(row(7, Mode.MAKER), frozenset({Need.OWN_REQUEST})),
        Action.REVEAL_STANDING_GIVE: ActionSpec(
            row(8, Mode.CHECKER), CLOCK | {Need.TRAINED}, scopes=frozenset({Scope.TEAM}), step_up=StepUp.RECENT
        ),
        Action.REVEAL_STANDING_LIST: ActionSpec(row(10, Mode.DO), scopes=frozenset({Scope.ANY, Scope.TEAM})),
        Action.REVEAL_STANDING_REVOKE: ActionSpec(
            row(10, Mode.DO), frozenset(), scopes=frozenset({Scope.ANY, Scope.TEAM})
        ),
        # Whoever holds it may always give it back; whoever may end any reveal ends this one.
        Action.SPECIAL_CONTACT_END: ActionSpec(row(10, Mode.DO), frozenset()),
        Action.SPECIAL_CONTACT_OPEN: ActionSpec(row(11, Mode.MAKER), SPECIAL, step_up=StepUp.RECENT),
        Action.SPECIAL_CONTACT_REPORT: ActionSpec(row(11, Mode.MAKER), CLOCK | {Need.OWN_REQUEST}),
        Action.SPECIAL_CONTACT_REVIEW: ActionSpec(row(45, Mode.DO, Mode.CHECKER), CLOCK | {Need.NOT_PARTY}),
        Action.SPECIAL_FILING_APPROVE: ActionSpec(row(12, Mode.CHECKER), FIRST, step_up=StepUp.AFRESH),
        Action.SPECIAL_FILING_COMPLY: ActionSpec(row(12, Mode.CHECKER2), SECOND, step_up=StepUp.AFRESH),
        # Whoever may look at it afterwards knows of it; no list of what belongs to other teams.
        Action.SPECIAL_FILING_LIST: ActionSpec(
            (*row(11, Mode.MAKER), *row(12, Mode.CHECKER, Mode.CHECKER2, Mode.LOG), *row(45, Mode.CHECKER))
        ),
        Action.SPECIAL_FILING_MAKE: ActionSpec(
            row(11, Mode.MAKER), WORK | {Need.APPROVERS, Need.FREE_OF_HOLD, Need.REVIEWED}
        ),
        Action.SPECIAL_FILING_OFFER: ActionSpec(row(11, Mode.MAKER), CUSTOMER),
        Action.SPECIAL_FILING_SECOND: ActionSpec(row(12, Mode.CHECKER2), SECOND, step_up=StepUp.AFRESH),
        Action.SPECIAL_FILING_WITHDRAW: ActionSpec(row(11, Mode.MAKER), frozenset({Need.OWN_REQUEST})),
        Action.TEAM_ABSENCE_SET: ActionSpec(row(23, Mode.DO), scopes=GROUP),
        Action.TEAM_BOARD_READ: ActionSpec(row(3, Mode.DO), scopes=GROUP),
        Action.TEAM_COACHING_ACKNOWLEDGE: ActionSpec(row(55, Mode.READ), scopes=frozenset({Scope.OWN})),
        Action.TEAM_COACHING_READ: ActionSpec(row(55, Mode.READ)),
        Action.TEAM_COACHING_WRITE: ActionSpec(row(17, Mode.DO), CLOCK | {Need.NOT_PARTY}, frozenset({Scope.TEAM})),
        Action.TEAM_FIGURES_READ: ActionSpec((*row(2, Mode.DO), *row(3, Mode.DO)), scopes=GROUP | {Scope.OWN}),
        Action.STRATEGY_EDITION_APPLY: ActionSpec(row(26, Mode.MAKER)),
        Action.STRATEGY_EDITION_APPROVE: ActionSpec(
            row(26, Mode.CHECKER), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.STRATEGY_EDITION_DRY_RUN: ActionSpec(row(26, Mode.MAKER)),
        Action.STRATEGY_EDITION_LIMIT: ActionSpec(
            row(26, Mode.CHECKER2), CLOCK | {Need.NOT_PARTY}, step_up=StepUp.RECENT
        ),
        Action.STRATEGY_EDITION_PROPOSE: ActionSpec(row(26, Mode.MAKER)),
        Action.STRATEGY_EDITION_READ: ActionSpec(row(26, *LOOK), looks=True),
        Action.STRATEGY_EDITION_ROLL_BACK: ActionSpec(row(26, Mode.MAKER)),
        Action.VISIT_PLAN_APPROVE: ActionSpec(row(13, Mode.CHECKER), FIRST | {Need.CONTACTABLE}, step_up=StepUp.RECENT),
        Action.VISIT_PLAN_CANCEL: ActionSpec(row(13, Mode.MAKER), CLOCK),
        Action.VISIT_PLAN_LIST: ActionSpec(row(13, Mode.MAKER, Mode.CHECKER)),
        Action.VISIT_PLAN_MAKE: ActionSpec(row(13, Mode.MAKER), WORK | {Need.CONTACTABLE}),
        Action.VISIT_PLAN_SET_OUT: ActionSpec(row(13, Mode.MAKER), WORK | {Need.CONTACTABLE}),
        Action.VISIT_PLAN_WRITE: ActionSpec(row(13, Mode.MAKER), CLOCK | {Need.TRAINED}),
    }
)
