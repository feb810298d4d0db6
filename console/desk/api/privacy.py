"""Privacy numbers through the desk: the pool, and which customer reaches whom over which number until when."""

from __future__ import annotations

from typing import ClassVar, Final

from console.desk.api.base import Call, Done, Value
from console.desk.api.contact import ContactRef

BINDING_HOURS: Final = 7 * 24
"""The longest that a binding may last."""


class NumberView(Value, frozen=True, kw_only=True):
    """A number of the pool. state, provider: of `console.desk.calls.privacy_states`. bound: customers on it now."""

    number_id: str
    number: str
    provider: str
    state: str
    made_by: str
    made_at: int
    approved_by: str
    bound: int
    version: int


class NumberList(Value, frozen=True, kw_only=True):
    """By number; those that were refused or retired are not among them."""

    numbers: tuple[NumberView, ...]


class ListNumbers(Call[NumberList], frozen=True, kw_only=True, tag="call.numbers"):
    """The pool."""


class ProposeNumber(Call[NumberView], frozen=True, kw_only=True, tag="call.propose_number"):
    """Offer a number of the institution's to the pool. number: digits, as the provider calls it. cloud: it was bought
    from a provider of privacy numbers, which brings its callers to our presented number (experimental).
    """  # noqa: D205 - one sentence

    writes: ClassVar[bool] = True
    number: str
    cloud: bool = False


class DecideNumber(Call[NumberView], frozen=True, kw_only=True, tag="call.decide_number"):
    """Somebody else's word on it. version: as seen."""

    writes: ClassVar[bool] = True
    number_id: str
    version: int
    approve: bool


class RetireNumber(Call[NumberView], frozen=True, kw_only=True, tag="call.retire_number"):
    """Take a number out of the pool; whoever is bound on it is bound no more. version: as seen."""

    writes: ClassVar[bool] = True
    number_id: str
    version: int


class BindingView(Value, frozen=True, kw_only=True):
    """A customer who may call a number and reach the case's agent.

    Attributes:
        binding_id, case_id, contact: the binding; whose number of which case, by its place.
        number: ours, that the customer calls and sees.
        holder: for whom it was bound. state: of `console.desk.calls.privacy_states.BindingState`.
        made_at, expires_at: microseconds UTC.
        why: code of one that was refused; empty else. may: `release`, where the viewer may end it.
    """

    binding_id: str
    case_id: str
    contact: ContactRef
    number: str
    holder: str
    state: str
    made_at: int
    expires_at: int
    why: str = ""
    may: tuple[str, ...] = ()


class BindingList(Value, frozen=True, kw_only=True):
    """Newest first. refused: those that could not be bound, until they would have ended. may: `bind`, where the viewer
    may bind the case's customer.
    """  # noqa: D205 - one sentence

    bindings: tuple[BindingView, ...]
    at: int
    refused: tuple[BindingView, ...] = ()
    may: tuple[str, ...] = ()


class ListBindings(Call[BindingList], frozen=True, kw_only=True, tag="call.bindings"):
    """Bindings of a case that have not ended. case_id: id or number."""

    case_id: str


class BindNumber(Call[BindingView], frozen=True, kw_only=True, tag="call.bind"):
    """Give a customer's own number a privacy number, for some hours. case_id: id or number."""

    writes: ClassVar[bool] = True
    case_id: str
    contact: ContactRef = ContactRef(field="mobile")
    hours: int = 24


class UnbindNumber(Call[Done], frozen=True, kw_only=True, tag="call.unbind"):
    """End a binding now."""

    writes: ClassVar[bool] = True
    binding_id: str
