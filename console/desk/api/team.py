"""A team live: who is there, what each has done today, who is away; coaching notes; figures and peers."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from console.desk.api.base import Call, Value


class Member(Value, frozen=True, kw_only=True):
    """One person of the team, now and today.

    presence: online | call | locked | off. worked: cases with a result today. due and broken: own promises due today or
    overdue, and broken within seven days. untouched: assigned cases nobody has worked, counted up to 999; 1000 means
    more. pending and live: reveals asked and in force. away_until: end of the absence in force; cover: who works the
    queue meanwhile. unread: coaching notes not acknowledged yet.
    """

    person_id: str
    staff_no: str
    name: str
    roles: tuple[str, ...]
    presence: str
    worked: int
    due: int
    broken: int
    untouched: int
    pending: int
    live: int
    away_until: int | None = None
    cover: str = ""
    unread: int = 0


class TeamView(Value, frozen=True, kw_only=True):
    """The team that the viewer runs. deputy: who stands in for the head; at: instant of the figures."""

    unit_id: str
    unit: str
    head: str
    head_away: bool
    deputy: str
    at: int
    members: tuple[Member, ...]


class ReadTeam(Call[TeamView], frozen=True, kw_only=True, tag="team.read"):
    """The own team, each person by name."""


class Wallboard(Value, frozen=True, kw_only=True):
    """The team in numbers, for a screen on the wall: nobody's name, staff or customer. figures: (name, number)."""

    unit: str
    at: int
    figures: tuple[tuple[str, int], ...]


class ReadWallboard(Call[Wallboard], frozen=True, kw_only=True, tag="team.wallboard"):
    """The own team in numbers only."""


class AbsenceView(Value, frozen=True, kw_only=True):
    """An absence in force or to come. reason: vacation | sick | training | other; cover: empty for nobody."""

    absence_id: str
    person_id: str
    staff_no: str
    person: str
    cover: str
    reason: str
    starts_at: int
    ends_at: int
    version: int


class AbsenceList(Value, frozen=True, kw_only=True):
    """The next to begin first."""

    absences: tuple[AbsenceView, ...]


class ListAbsences(Call[AbsenceList], frozen=True, kw_only=True, tag="team.absences"):
    """Absences of the own team, in force and to come."""


class SetAbsence(Call[AbsenceList], frozen=True, kw_only=True, tag="team.set_absence"):
    """Note that somebody of the team is away, and who works the queue meanwhile.

    first_day and last_day: ISO dates in the desk's zone, both included; cover_id: none for nobody.
    """

    writes: ClassVar[bool] = True
    person_id: str
    first_day: str
    last_day: str
    reason: str = "vacation"
    cover_id: str | None = None


class EndAbsence(Call[AbsenceList], frozen=True, kw_only=True, tag="team.end_absence"):
    """End an absence now, or call it off; seen_version: as it was shown."""

    writes: ClassVar[bool] = True
    absence_id: str
    seen_version: int


class Cover(Value, frozen=True, kw_only=True):
    """Somebody who is away, and until when the viewer works their queue."""

    person_id: str
    staff_no: str
    person: str
    until: int


class CoverList(Value, frozen=True, kw_only=True):
    """Whose queues the viewer works besides the own one."""

    covers: tuple[Cover, ...]


class ListCovers(Call[CoverList], frozen=True, kw_only=True, tag="team.covers"):
    """Whom one covers for now; their cases come by `ListQueue(person_id=…)`."""


class CoachingView(Value, frozen=True, kw_only=True):
    """A note to an agent. scores: (criterion, points 1 to 5); acknowledged_at: none while it waits."""

    note_id: str
    agent_id: str
    agent: str
    author: str
    case_number: str
    text: str
    scores: tuple[tuple[str, int], ...]
    written_at: int
    acknowledged_at: int | None


class CoachingPage(Value, frozen=True, kw_only=True):
    """Newest first; `cursor` continues. waiting: of the viewer's own, how many are not acknowledged."""

    notes: tuple[CoachingView, ...]
    cursor: str | None
    waiting: int


class ReadCoaching(Call[CoachingPage], frozen=True, kw_only=True, tag="team.coaching"):
    """Notes to oneself; for a supervisor those of the team, or of one member."""

    person_id: str = ""
    before: str | None = None


class WriteCoaching(Call[CoachingView], frozen=True, kw_only=True, tag="team.coach"):
    """A supervisor writes to one of her agents, about a case or in general; with points it is a score sheet.

    case: id or number, empty for none. Personal data in the text is masked before it is kept.
    """

    writes: ClassVar[bool] = True
    person_id: str
    text: str
    case: str = ""
    scores: dict[str, int] = msgspec.field(default_factory=dict)


class AcknowledgeCoaching(Call[CoachingPage], frozen=True, kw_only=True, tag="team.acknowledge"):
    """The agent has read the note."""

    writes: ClassVar[bool] = True
    note_id: str


class FigureRow(Value, frozen=True, kw_only=True):
    """What one person, or the whole team, did in a span. Money in minor units of `Figures.currency`.

    results: (result code, how often). made, promised: promises made in the span and their amount. kept, broken, paid:
    of the promises that were due in it, and what was paid on them. asked, approved, refused: reveals asked for in it
    and what became of them. refusals: acts that a rule refused.
    """

    staff_no: str
    person: str
    worked: int = 0
    results: tuple[tuple[str, int], ...] = ()
    made: int = 0
    kept: int = 0
    broken: int = 0
    promised: int = 0
    paid: int = 0
    asked: int = 0
    approved: int = 0
    refused: int = 0
    refusals: int = 0


class SpanFigures(Value, frozen=True, kw_only=True):
    """A span of the series: its first day (ISO) and what was done in it."""

    first_day: str
    row: FigureRow


class Figures(Value, frozen=True, kw_only=True):
    """Figures of a span: each member (an agent: only the own line), the sum, and the spans before it for a plot.

    first_day and last_day: ISO dates in the desk's zone. series: oldest first, this span last.
    """

    period: str
    first_day: str
    last_day: str
    currency: str
    rows: tuple[FigureRow, ...]
    total: FigureRow
    series: tuple[SpanFigures, ...]


class ReadFigures(Call[Figures], frozen=True, kw_only=True, tag="team.figures"):
    """Own figures; for a supervisor the team's. period: day | week; back: how many spans before the current one."""

    period: str = "day"
    back: int = 0


class PeerFigure(Value, frozen=True, kw_only=True):
    """One figure: the viewer's own, the team's median, and the quarter the viewer stands in, 1 the highest."""

    name: str
    own: int
    median: float
    quartile: int


class Peers(Value, frozen=True, kw_only=True):
    """Where the viewer stands among people who are not named. size: of the team."""

    period: str
    first_day: str
    last_day: str
    size: int
    figures: tuple[PeerFigure, ...]


class ComparePeers(Call[Peers], frozen=True, kw_only=True, tag="team.peers"):
    """Where one stands in the team; refused in a team of fewer than five, where a median would name people."""

    period: str = "week"
    back: int = 0
