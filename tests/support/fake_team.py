"""What a desk without a desk answers about a team, its figures and its records."""

from __future__ import annotations

from typing import Any

from console.desk.api import record, roles, team

NOW = 1_795_329_120_000_000
DAY = 86_400_000_000


def _member(number: int, **changes: Any) -> team.Member:
    made: dict[str, Any] = {
        "person_id": f"p{number}",
        "staff_no": f"A{172 + number:04d}",
        "name": ("张伟", "欧阳娜娜", "Featherstonehaugh-Smythe")[number % 3],
        "roles": ("agent",),
        "presence": ("online", "locked", "off")[number % 3],
        "worked": 38 * number % 90,
        "due": number,
        "broken": number % 2,
        "untouched": 1000 if number == 1 else 11,
        "pending": number % 3,
        "live": int(number == 1),
    }
    return team.Member(**made | changes)


class TeamAnswers:
    """Mixed into `FakeDesk`; answers by the calls' names."""

    def _ReadTeam(self, _: team.ReadTeam) -> team.TeamView:  # noqa: N802 - named after the call
        members = (
            _member(1),
            _member(2, away_until=NOW + DAY, cover="张伟 A0173"),
            _member(3, unread=2),
            _member(4, person_id="p2", staff_no="S0021", name="李娜", roles=("supervisor",)),
            _member(5, person_id="p8", staff_no="S0022", name="赵强", roles=("supervisor",)),
        )
        return team.TeamView(
            unit_id="u1", unit="一组", head="李娜 S0021", head_away=True, deputy="赵强 S0022", at=NOW, members=members
        )

    def _ReadWallboard(self, _: team.ReadWallboard) -> team.Wallboard:  # noqa: N802
        names = ("online", "locked", "away", "worked", "due", "broken", "untouched", "pending", "live")
        return team.Wallboard(unit="一组", at=NOW, figures=tuple(zip(names, range(0, 1800, 200), strict=True)))

    def _ListAbsences(self, _: team.ListAbsences) -> team.AbsenceList:  # noqa: N802
        return team.AbsenceList(
            absences=(
                team.AbsenceView(
                    absence_id="b1",
                    person_id="p2",
                    staff_no="A0174",
                    person="欧阳娜娜",
                    cover="张伟 A0173",
                    reason="vacation",
                    starts_at=NOW,
                    ends_at=NOW + DAY,
                    version=1,
                ),
            )
        )

    def _SetAbsence(self, _: team.SetAbsence) -> team.AbsenceList:  # noqa: N802
        return team.AbsenceList(absences=())

    def _EndAbsence(self, _: team.EndAbsence) -> team.AbsenceList:  # noqa: N802
        return team.AbsenceList(absences=())

    def _ListCovers(self, _: team.ListCovers) -> team.CoverList:  # noqa: N802
        return team.CoverList(
            covers=(team.Cover(person_id="p9", staff_no="A0174", person="欧阳娜娜", until=NOW + DAY),)
        )

    waiting_notes = 0
    """How many coaching notes wait for whoever signs in."""

    def _note(self, number: int, **changes: Any) -> team.CoachingView:
        made: dict[str, Any] = {
            "note_id": f"n{number}",
            "agent_id": "p1",
            "agent": "张伟 A0173",
            "author": "李娜 S0021",
            "case_number": "C-2026-0000001" if number % 2 else "",
            "text": "先核验再谈还款；客户提到换号时按键登记，不要记在纸上。" * number,
            "scores": (("identity", 2), ("listening", 4)) if number % 2 else (),
            "written_at": NOW - number * DAY,
            "acknowledged_at": None if number == 1 else NOW,
        }
        return team.CoachingView(**made | changes)

    def _ReadCoaching(self, _: team.ReadCoaching) -> team.CoachingPage:  # noqa: N802
        return team.CoachingPage(notes=tuple(map(self._note, (1, 2, 3))), cursor=None, waiting=self.waiting_notes)

    def _WriteCoaching(self, _: team.WriteCoaching) -> team.CoachingView:  # noqa: N802
        return self._note(1)

    def _AcknowledgeCoaching(self, _: team.AcknowledgeCoaching) -> team.CoachingPage:  # noqa: N802
        return team.CoachingPage(notes=(self._note(1, acknowledged_at=NOW),), cursor=None, waiting=0)

    def _ReadFigures(self, request: team.ReadFigures) -> team.Figures:  # noqa: N802
        def row(number: int, name: str = "", staff_no: str = "") -> team.FigureRow:
            return team.FigureRow(
                staff_no=staff_no,
                person=name,
                worked=31 * number,
                results=(("no_answer", 20 * number), ("promised", number)),
                made=number,
                kept=number,
                broken=1,
                promised=1_248_050 * number,
                paid=860_00 * number,
                asked=3,
                approved=2,
                refused=1,
                refusals=number,
            )

        return team.Figures(
            period=request.period,
            first_day="2026-11-16" if request.period == "week" else "2026-11-22",
            last_day="2026-11-22",
            currency="CNY",
            rows=(row(3, "张伟", "A0173"), row(4, "欧阳娜娜", "A0174")),
            total=row(7),
            series=tuple(team.SpanFigures(first_day=f"2026-11-{day}", row=row(day - 15)) for day in range(16, 23)),
        )

    def _ComparePeers(self, request: team.ComparePeers) -> team.Peers:  # noqa: N802
        names = ("worked", "made", "kept", "promised", "paid", "asked")
        return team.Peers(
            period=request.period,
            first_day="2026-11-16",
            last_day="2026-11-22",
            size=6,
            figures=tuple(team.PeerFigure(name=name, own=38, median=31.5, quartile=2) for name in names),
        )

    def _record(self, cases: tuple[str, ...] = ()) -> record.RecordPage:
        acts = ("case:file:open", "case:field:reveal", "case:customer:search")
        return record.RecordPage(
            entries=tuple(
                record.RecordEntry(
                    seq=900 - place,
                    at=NOW - place * 3_000_000_000,
                    staff_no="A0173",
                    person="张伟",
                    role="agent",
                    action=acts[place % 3],
                    result="ok",
                    case_id="case-1",
                    case_number="C-2026-0000001",
                    creditor="A 消金",
                    fields=("home_address",) if place % 3 == 1 else (),
                    why="letter_or_visit" if place % 3 == 1 else "collection",
                    approval="R-00000007" if place % 3 == 1 else "",
                )
                for place in range(30)
            ),
            cursor=870,
            cases=cases,
        )

    def _ReadOwnRecord(self, _: record.ReadOwnRecord) -> record.RecordPage:  # noqa: N802
        return self._record()

    def _ReadTeamRecord(self, _: record.ReadTeamRecord) -> record.RecordPage:  # noqa: N802
        return self._record()

    def _ReadCustomerRecord(self, _: record.ReadCustomerRecord) -> record.RecordPage:  # noqa: N802
        return self._record(("C-2026-0000001",))

    def _ListDeputies(self, _: roles.ListDeputies) -> roles.Deputies:  # noqa: N802
        return roles.Deputies(items=())

    def _SetDeputy(self, _: roles.SetDeputy) -> roles.Deputies:  # noqa: N802
        return roles.Deputies(items=())
