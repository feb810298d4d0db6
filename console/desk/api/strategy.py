"""Assignment strategies: proposed, tried, checked, live, rolled back; every edition kept."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.assign import Load, Move, Passed, Refused
from console.desk.api.base import Call, Value


class RuleFault(Value, frozen=True, kw_only=True):
    """What is wrong with a text, by line from 1; 0: the whole text. code: text key; what: the key or value meant."""

    line: int
    code: str
    what: str = ""


class RuleCount(Value, frozen=True, kw_only=True):
    """How many cases a rule takes, and how many of them it moves."""

    rule: str
    cases: int
    moves: int


class DryRun(Value, frozen=True, kw_only=True):
    """What going live would do now. moves: the first 200 of `count`; ranked: cases whose order changes.

    waiting: cases of the pool that found nobody with room; at: when it was tried; passed: people who get none.
    """

    count: int
    ranked: int
    waiting: int
    rules: tuple[RuleCount, ...]
    people: tuple[Load, ...]
    moves: tuple[Move, ...]
    refused: tuple[Refused, ...]
    at: int
    passed: tuple[Passed, ...] = ()


class Edition(Value, frozen=True, kw_only=True):
    """One edition. state: draft | dry_run | reviewed | approved | live | retired | rolled_back | refused.

    to_undo: of one rolled back, cases that it moved and that were not looked at yet.
    """

    strategy_id: str
    edition: int
    name: str
    unit: str
    state: str
    rules: int
    limits: bool
    made_by: str
    made_at: int
    reviewed_by: str
    approved_by: str
    started_at: int | None
    version: int
    to_undo: int = 0


class Run(Value, frozen=True, kw_only=True):
    """What the desk did with the newest import's cases by what was live. state: due (going on) | done | stopped.

    waiting: cases that found nobody with room; at: when the import was published.
    """

    state: str
    moved: int
    waiting: int
    at: int


class EditionList(Value, frozen=True, kw_only=True):
    """Newest first. run: of the own team; none: no import came while a strategy was live."""

    editions: tuple[Edition, ...]
    run: Run | None = None


class ListStrategies(Call[EditionList], frozen=True, kw_only=True, tag="strategy.list"):
    """Every edition in the viewer's reach."""


class EditionView(Value, frozen=True, kw_only=True):
    """An edition with its text, how it differs from what is live (or was, before it), and its last dry run."""

    edition: Edition
    lines: tuple[str, ...]
    diff: tuple[str, ...]
    against: int
    dry_run: DryRun | None


class ReadStrategy(Call[EditionView], frozen=True, kw_only=True, tag="strategy.read"):
    """One edition."""

    strategy_id: str


class Proposal(Value, frozen=True, kw_only=True):
    """The new draft, or every fault of the text and no draft."""

    edition: Edition | None
    faults: tuple[RuleFault, ...]


class ProposeStrategy(Call[Proposal], frozen=True, kw_only=True, tag="strategy.propose"):
    """A new edition for the own team, by the lines of its text; taken whole or not at all."""

    writes: ClassVar[bool] = True
    lines: tuple[str, ...]


class TryStrategy(Call[DryRun], frozen=True, kw_only=True, tag="strategy.dry_run"):
    """What going live would do now; moves nothing."""

    strategy_id: str


class DecideStrategy(Call[Edition], frozen=True, kw_only=True, tag="strategy.decide"):
    """The security admin checks what was tried; compliance what changes contact limits. version: as seen."""

    writes: ClassVar[bool] = True
    strategy_id: str
    version: int
    approve: bool


class Applied(Value, frozen=True, kw_only=True):
    """moved: cases that went to other hands now; left: still to move, by further calls; ranked: reordered.

    kept: cases that a roll-back left where they are, since somebody changed them meanwhile.
    """

    edition: Edition
    moved: int
    left: int
    ranked: int
    kept: int = 0


class StartStrategy(Call[Applied], frozen=True, kw_only=True, tag="strategy.start"):
    """Make an approved edition live and apply it; the one before retires. version: as seen."""

    writes: ClassVar[bool] = True
    strategy_id: str
    version: int


class ApplyStrategy(Call[Applied], frozen=True, kw_only=True, tag="strategy.apply"):
    """Apply the team's live edition to its cases as they are now, or go on applying it.

    strategy_id: the edition that is meant; when another one is live by now, nothing moves. Empty: whichever is live.
    """

    writes: ClassVar[bool] = True
    strategy_id: str = ""


class RollBackStrategy(Call[Applied], frozen=True, kw_only=True, tag="strategy.roll_back"):
    """Back to the edition before: its order again, and what this one moved goes back where nobody touched it since.

    One call takes one part back and says how many cases are left; the same call again, with the edition's new version,
    goes on.
    """

    writes: ClassVar[bool] = True
    strategy_id: str
    version: int


class Advice(Value, frozen=True, kw_only=True):
    """What the live strategy says of a case. All empty: nothing. interval_days: least between two contacts."""

    rule: str
    channel: str
    interval_days: int


class ReadAdvice(Call[Advice], frozen=True, kw_only=True, tag="strategy.advice"):
    """The live rule for one case."""

    case_id: str
