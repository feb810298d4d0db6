"""Daily and weekly figures: an agent's own, a team's by name for whoever runs it, and where an agent stands unnamed.

The desk decides first, counts on a thread of its own beside the acts, and logs before anything is shown.
"""

from __future__ import annotations

from statistics import median
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Resource
from console.desk.act import Act, Later
from console.desk.api.team import ComparePeers, FigureRow, Figures, PeerFigure, Peers, ReadFigures, SpanFigures
from console.desk.kernel import handles
from console.desk.team import tally
from console.desk.team.days import PERIODS, Span, day_of
from console.desk.team.members import WORKERS, members_of, roles_of, team

SERIES: Final = {"day": 7, "week": 6}
"""How many spans a plot shows."""

LEAST_PEERS: Final = 5
COMPARED: Final = ("worked", "made", "kept", "promised", "paid", "asked")
_FURTHEST: Final = 60


@handles(ReadFigures)
def read_figures(act: Act, request: ReadFigures) -> Later[tally.Book]:
    """Own figures, or the team's."""
    span = _span(act, request.period, request.back)
    runs = act.allowed(Action.TEAM_FIGURES_READ, team(act, act.unit_id)).allowed
    people = _asked(act, runs=runs)
    spans = span.before(SERIES[request.period])
    whole = Span(spans[0].first, span.last)
    settings, engine = act.parts.settings, act.parts.store.engine
    ids = [row["id"] for row in people]

    def finish(second: Act, book: tally.Book) -> Figures:
        _require(second, runs=runs)
        _log(second, request.period, "team" if runs else "own", len(people))
        return Figures(
            period=request.period,
            first_day=span.first.isoformat(),
            last_day=span.last.isoformat(),
            currency=settings.currency,
            rows=tuple(_row(tally.total(book, [one["id"]], span), one["staff_no"], one["name"]) for one in people),
            total=_row(tally.total(book, ids, span)),
            series=tuple(
                SpanFigures(first_day=one.first.isoformat(), row=_row(tally.total(book, ids, one))) for one in spans
            ),
        )

    return Later(lambda: tally.read(engine, ids, whole, settings.zone, settings.currency), finish)


@handles(ComparePeers)
def compare_peers(act: Act, request: ComparePeers) -> Later[tally.Book]:
    """Where an agent stands among colleagues who are not named."""
    _require(act, runs=False)
    span = _span(act, request.period, request.back)
    unit_id = act.actor.unit_id
    peers = _workers(act, members_of(act, unit_id)) if unit_id is not None else []
    ids = [row["id"] for row in peers]
    if act.actor.person_id not in ids:
        act.refuse("team.not_peer")
    if len(ids) < LEAST_PEERS:
        act.refuse("team.too_few", least=str(LEAST_PEERS))
    settings, engine = act.parts.settings, act.parts.store.engine

    def finish(second: Act, book: tally.Book) -> Peers:
        _require(second, runs=False)
        _log(second, request.period, "peers", len(ids))
        totals = {one: tally.total(book, [one], span).sums for one in ids}
        return Peers(
            period=request.period,
            first_day=span.first.isoformat(),
            last_day=span.last.isoformat(),
            size=len(ids),
            figures=tuple(
                _peer(name, totals[second.actor.person_id][name], [sums[name] for sums in totals.values()])
                for name in COMPARED
            ),
        )

    return Later(lambda: tally.read(engine, ids, span, settings.zone, settings.currency), finish)


def _peer(name: str, own: int, everybody: list[int]) -> PeerFigure:
    higher = sum(one > own for one in everybody)
    return PeerFigure(
        name=name, own=own, median=float(median(everybody)), quartile=1 + min(3, 4 * higher // len(everybody))
    )


def _span(act: Act, period: str, back: int) -> Span:
    if period not in PERIODS or not 0 <= back <= _FURTHEST:
        act.refuse("team.period_unknown")
    return Span.of(period, back, day_of(act.now, act.parts.settings.zone))


def _require(act: Act, *, runs: bool) -> None:
    own = Resource(kind="log", subject_person_id=act.actor.person_id, unit_id=act.unit_id)
    act.require(Action.TEAM_FIGURES_READ, team(act, act.unit_id) if runs else own)


def _asked(act: Act, *, runs: bool) -> list[RowMapping]:
    """Whose figures: one's own line, or everybody's who works cases in the team."""
    _require(act, runs=runs)
    unit_id = act.unit_id if runs else act.actor.unit_id
    members = members_of(act, unit_id) if unit_id is not None else []
    if not runs:
        return [row for row in members if row["id"] == act.actor.person_id]
    return _workers(act, members)


def _workers(act: Act, members: list[RowMapping]) -> list[RowMapping]:
    roles = roles_of(act, {row["id"] for row in members})
    return [row for row in members if row["state"] == "active" and WORKERS & roles.get(row["id"], set())]


def _log(act: Act, period: str, scope: str, rows: int) -> None:
    act.log(
        Action.TEAM_FIGURES_READ,
        object_kind="figures",
        object_id=scope,
        rows=rows,
        detail=((DetailKey.KIND, period),),
    )


def _row(found: tally.Tally, staff_no: str = "", name: str = "") -> FigureRow:
    return FigureRow(
        staff_no=staff_no,
        person=name,
        results=tuple(sorted(found.results.items(), key=lambda one: (-one[1], one[0]))),
        **{each: found.sums[each] for each in tally.SUMS},
    )
