"""Many cases to many hands: preview, act, undo; how much each person may hold; who is kept from a customer."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value


class Load(Value, frozen=True, kw_only=True):
    """A member's open cases: now, what a plan gives and takes, and the most they may hold.

    unfit: code of why they can be given none now, empty: they can; until: instant when that ends, where it is known.
    """

    person_id: str
    staff_no: str
    name: str
    open: int
    gets: int = 0
    gives: int = 0
    most: int = 0
    own_most: bool = False
    unfit: str = ""
    until: int | None = None


class LoadList(Value, frozen=True, kw_only=True):
    """The team's members that cases can be given to, and how many nobody has."""

    people: tuple[Load, ...]
    pool: int


class ListLoads(Call[LoadList], frozen=True, kw_only=True, tag="assign.loads"):
    """Who of the team holds how many."""


class SetCapacity(Call[LoadList], frozen=True, kw_only=True, tag="assign.capacity"):
    """The most open cases a member may hold, 0..9999; None: what the strategy or the desk's settings say."""

    writes: ClassVar[bool] = True
    person_id: str
    most: int | None = None


class Move(Value, frozen=True, kw_only=True):
    """One case of a plan; an empty name is the pool. rule: of the strategy that says so."""

    case_id: str
    number: str
    days_past_due: int
    giver: str
    taker: str
    rule: str = ""


class Refused(Value, frozen=True, kw_only=True):
    """Cases that a plan leaves where they are, and by which rule. number: of one, where the asker may know it."""

    code: str
    clause: str
    count: int
    number: str = ""
    giver: str = ""


class Passed(Value, frozen=True, kw_only=True):
    """Somebody who was passed over. code: text key of why; cases: for how many, 0: for all; until: instant."""

    staff_no: str
    name: str
    code: str
    cases: int = 0
    until: int | None = None


class Plan(Value, frozen=True, kw_only=True):
    """What would happen. digest: names exactly this; moves: the first 200 of `count`.

    stays: cases that are already where they should be; passed: people who get none of some, or none at all.
    """

    digest: str
    count: int
    stays: int
    people: tuple[Load, ...]
    moves: tuple[Move, ...]
    refused: tuple[Refused, ...]
    passed: tuple[Passed, ...] = ()


class PreviewMoves(Call[Plan], frozen=True, kw_only=True, tag="assign.preview"):
    """What giving these cases to these people would do.

    case_ids: ids or numbers; without them the first `count` in working order of a member's cases (`from_id`) or of the
    pool. to_ids: shared out evenly, who holds least first; none puts the cases back into the pool.
    """

    case_ids: tuple[str, ...] = ()
    from_id: str | None = None
    count: int = 0
    to_ids: tuple[str, ...] = ()


class Moved(Value, frozen=True, kw_only=True):
    """Done. undo_until: instant until which it can be undone."""

    move_id: str
    count: int
    undo_until: int


class MoveCases(Call[Moved], frozen=True, kw_only=True, tag="assign.move"):
    """Do what was previewed, if that is still what would happen; else nothing moves."""

    writes: ClassVar[bool] = True
    case_ids: tuple[str, ...] = ()
    from_id: str | None = None
    count: int = 0
    to_ids: tuple[str, ...] = ()
    digest: str


class MoveView(Value, frozen=True, kw_only=True):
    """A past bulk move of the team. state: done | undone; can_undo: now. made_by empty: the desk itself."""

    move_id: str
    made_at: int
    made_by: str
    count: int
    state: str
    undo_until: int
    can_undo: bool
    by_strategy: bool


class MoveList(Value, frozen=True, kw_only=True):
    """Newest first."""

    moves: tuple[MoveView, ...]


class ListMoves(Call[MoveList], frozen=True, kw_only=True, tag="assign.moves"):
    """The team's bulk moves of late."""


class Undone(Value, frozen=True, kw_only=True):
    """count: cases that went back, pooled: of these, into the pool for want of a hand; kept: touched since, so left."""

    count: int
    kept: int
    pooled: int


class UndoMove(Call[Undone], frozen=True, kw_only=True, tag="assign.undo"):
    """Take a bulk move back, as far as nobody touched its cases since. move_id empty: the team's last by hand."""

    writes: ClassVar[bool] = True
    move_id: str = ""


class DeclareInterest(Call[Done], frozen=True, kw_only=True, tag="interest.declare"):
    """Keep a person from a case. person_id empty: oneself. kind: relative | colleague | vip."""

    writes: ClassVar[bool] = True
    case_id: str
    person_id: str = ""
    kind: str = "relative"


class Interest(Value, frozen=True, kw_only=True):
    """Somebody kept from a case. state: active | lifting, which one more person has to confirm."""

    interest_id: str
    case_id: str
    number: str
    person: str
    staff_no: str
    kind: str
    state: str
    declared_by: str
    declared_at: int
    lift_asked_by: str
    version: int


class InterestList(Value, frozen=True, kw_only=True):
    """Those in force that the viewer could lift."""

    interests: tuple[Interest, ...]


class ListInterests(Call[InterestList], frozen=True, kw_only=True, tag="interest.list"):
    """Interests in force in the viewer's reach, none about the viewer."""


class LiftInterest(Call[InterestList], frozen=True, kw_only=True, tag="interest.lift"):
    """Ask for an interest to be lifted, or, as another person, lift it. version: as seen."""

    writes: ClassVar[bool] = True
    interest_id: str
    version: int
