"""Messages to customers: the templates they are written from."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Value
from console.desk.api.strategy import RuleFault


class TemplateEdition(Value, frozen=True, kw_only=True):
    """One edition of a template. state: proposed | live | refused | retired.

    parameters: what a message of it fills in (amount, date, account). parts: the most short messages it takes.
    """

    template_id: str
    code: str
    edition: int
    title: str
    state: str
    parameters: tuple[str, ...]
    parts: int
    made_by: str
    made_at: int
    approved_by: str
    version: int


class TemplateList(Value, frozen=True, kw_only=True):
    """Every edition, by code, the newest of each first."""

    templates: tuple[TemplateEdition, ...]


class ListTemplates(Call[TemplateList], frozen=True, kw_only=True, tag="message.templates"):
    """Every template. live: only what can be sent."""

    live: bool = False


class TemplateView(Value, frozen=True, kw_only=True):
    """An edition with its text, and the live one that it would replace; empty: none.

    signature: who writes, as every message begins. faults: what by today's rules is wrong with it.
    """

    template: TemplateEdition
    body: str
    signature: str
    replaces: str
    faults: tuple[RuleFault, ...]


class ReadTemplate(Call[TemplateView], frozen=True, kw_only=True, tag="message.template"):
    """One edition."""

    template_id: str


class TemplateProposal(Value, frozen=True, kw_only=True):
    """The new edition, or every fault of the text and none."""

    template: TemplateEdition | None
    faults: tuple[RuleFault, ...]


class ProposeTemplate(Call[TemplateProposal], frozen=True, kw_only=True, tag="message.propose_template"):
    """A new edition. code: small letters, digits, dashes; body: words with {amount}, {date}, {account}."""

    writes: ClassVar[bool] = True
    code: str
    title: str
    body: str


class DecideTemplate(Call[TemplateEdition], frozen=True, kw_only=True, tag="message.decide_template"):
    """Compliance's approval, which makes it live and retires what it replaces. version: as seen."""

    writes: ClassVar[bool] = True
    template_id: str
    version: int
    approve: bool


class RetireTemplate(Call[TemplateEdition], frozen=True, kw_only=True, tag="message.retire_template"):
    """It is sent no more, at once; by a supervisor or compliance. version: as seen."""

    writes: ClassVar[bool] = True
    template_id: str
    version: int
