"""What a role that ran out still gives while nobody else holds it: renewing it, or handing it over, and nothing more.

The last system admin, security admin, auditor and compliance officer do not lose the role by the calendar alone
(requirements §3.3-15): a desk without them could never give a role again. Such a role is overdue: it reads nothing of a
customer, of the log or of anybody's work, it approves nothing but new people and roles, and it ends in the minute in
which somebody else holds it.
"""

from __future__ import annotations

from typing import Final

from access.policy.actions import Action

HANDOVER: Final = frozenset(
    {
        Action.ACCOUNT_AGREEMENT_RECORD,
        Action.ACCOUNT_PERSON_CHECK,
        Action.ACCOUNT_PERSON_CREATE,
        Action.ACCOUNT_PERSON_INVITE,
        Action.ACCOUNT_PERSON_LIST,
        Action.ACCOUNT_ROLE_APPLY,
        Action.ACCOUNT_ROLE_APPROVE,
        Action.ACCOUNT_ROLE_ENTER,
        Action.ACCOUNT_ROLE_FILE,
        Action.ACCOUNT_ROLE_LIST,
        Action.ACCOUNT_ROLE_WITHDRAW,
        Action.ACCOUNT_SESSION_SIGN_IN,
        Action.ACCOUNT_TRAINING_CHECK,
        Action.ACCOUNT_TRAINING_LIST,
        Action.ACCOUNT_TRAINING_RECORD,
    }
)
"""What it takes to make somebody the next holder: account, agreement, training, and the role's own chain."""
