"""Requests from asking to their end: asked, decided once or twice, withdrawn, timed out, passed to the deputy."""

from access.grants.approvers import ApproverSeat, approvers_for
from access.grants.quotas import quota_left
from access.grants.requests.asking import ask, withdraw
from access.grants.requests.clockwork import escalate_due, time_out_due
from access.grants.requests.deciding import decide_request
from access.grants.requests.inbox import InboxEntry, inbox

__all__ = [
    "ApproverSeat",
    "InboxEntry",
    "approvers_for",
    "ask",
    "decide_request",
    "escalate_due",
    "inbox",
    "quota_left",
    "time_out_due",
    "withdraw",
]
