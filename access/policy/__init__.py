"""The one decision: may this person do this, to this, now? Pure and total; the only place that says yes."""

from access.policy import step_up
from access.policy.actions import Action
from access.policy.decide import Policy, decide, held_actions
from access.policy.entry import ActionSpec, Need
from access.policy.fields import HIDDEN, condition_met, reveal_rule, reveal_tier, visible_cell
from access.policy.model import (
    GRANT_LIVE,
    Actor,
    Conditions,
    Decision,
    Proof,
    Purpose,
    Resource,
    Seat,
    StepUp,
    barred_ids,
)
from access.policy.needs import ROLE_PURPOSES, not_engaged
from access.policy.refused import Refused
from access.policy.specs import ACTIONS
from access.policy.step_up import settled

__all__ = [
    "ACTIONS",
    "GRANT_LIVE",
    "HIDDEN",
    "ROLE_PURPOSES",
    "Action",
    "ActionSpec",
    "Actor",
    "Conditions",
    "Decision",
    "Need",
    "Policy",
    "Proof",
    "Purpose",
    "Refused",
    "Resource",
    "Seat",
    "StepUp",
    "barred_ids",
    "condition_met",
    "decide",
    "held_actions",
    "not_engaged",
    "reveal_rule",
    "reveal_tier",
    "settled",
    "step_up",
    "visible_cell",
]
