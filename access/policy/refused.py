"""The error that carries a refusing decision out of an act."""

from __future__ import annotations

from access.errors import AccessError, Param
from access.policy.model import Decision


class Refused(AccessError):
    """An act was refused; `decision` says by which rule and whom to ask.

    Attributes:
        decision: The refusing decision; its code is the error's.
    """

    default_code = "policy.refused"

    decision: Decision

    def __init__(self, decision: Decision, /, **params: Param) -> None:
        """Keep the decision, its code and safe parameters."""
        super().__init__(decision.code, **params)
        self.decision = decision
