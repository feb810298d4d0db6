"""Every call of the protocol, as any person might make it: rightly, wrongly, about others' things, with junk.

`attempts` must cover every call there is, so a new one cannot slip past the tests that drive them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from console.desk.api import (
    agencies,
    assign,
    cases,
    consents,
    contact,
    contacts,
    explain,
    imports,
    listening,
    log,
    marks,
    messages,
    notes,
    people,
    privacy,
    record,
    recordings,
    reveal,
    roles,
    session,
    special,
    staff,
    strategy,
    team,
    trace,
    training,
    verify,
    visits,
    work,
)
from console.desk.api.base import AnyCall, DeskError
from console.desk.host import EmbeddedDesk
from console.fragments.packing import pack
from tests.support.calls import after_calls, calling_calls, recording_calls
from tests.support.contact_calls import contact_calls
from tests.support.exports import asked as export_asked
from tests.support.exports import export_calls
from tests.support.message_calls import message_calls
from tests.support.privacy_calls import privacy_calls
from tests.support.scene_calls import WORDS, scene_calls
from tests.support.sending import sending_calls
from tests.support.staff_calls import staff_calls
from tests.support.strategy_calls import strategy_calls
from watermark.fragment import Fragment

NOBODY = "0" * 32
JUNK = ("", "x", NOBODY, "C-2026-9999999", "' OR 1=1 --", "%", "*", "\x1b[2J", "١٣٩", "x" * 5000)
ADDRESS = cases.FieldRef(name="home_address")
FIELDS = (
    ADDRESS,
    cases.FieldRef(name="mobile"),
    cases.FieldRef(name="id_number"),
    cases.FieldRef(name="contact_phone", ordinal=2),
    cases.FieldRef(name="no_such_field"),
)


@dataclass(slots=True)
class Known:
    """What an insider could know: ids and words to put into calls. `guesses`: (kind, value) for exact search."""

    case_ids: Sequence[str] = ()
    person_ids: Sequence[str] = ()
    request_ids: Sequence[str] = ()
    grant_ids: Sequence[str] = ()
    batch_ids: Sequence[str] = ()
    source_ids: Sequence[str] = ()
    job_ids: Sequence[str] = ()
    paths: Sequence[str] = ()
    words: Sequence[str] = ("客户要求寄送还款确认函",)
    note_ids: Sequence[str] = ()
    change_ids: Sequence[str] = ()
    guesses: Sequence[tuple[str, str]] = ()
    junk: Sequence[str] = field(default=JUNK)


def attempts(known: Known) -> Iterator[AnyCall]:
    """Calls of every kind; looking first, changing later, leaving last."""
    yield from _looking(known)
    yield from _leading(known)
    yield from _asking(known)
    yield from _noting(known)
    yield from _importing(known)
    yield from _deciding(known)
    yield from _staffing(known)
    yield from _seating(known)
    yield from _working(known)
    yield from _sharing(known)
    yield from _contacting(known)
    yield from _messages(known)
    yield from _scenes(known)
    yield from _exporting(known)
    yield from _sitting()


def _exporting(known: Known) -> Iterator[AnyCall]:
    """Files asked for in every word that may hold something of a customer, and everything done to one."""
    for words in (*known.words, *known.junk):
        yield export_asked(words=words[:4000])
        yield export_asked(recipient=words[:4000])
        yield export_asked(assessment=words[:4000], reach="external", basis="consent")
    for export_id in ("VX-000001", "VX-000002", NOBODY):
        yield from export_calls(export_id, (known.case_ids or (NOBODY,))[0], {})


def _looking(known: Known) -> Iterator[AnyCall]:
    yield session.Greet()
    yield session.WhoAmI()
    yield people.ListPeople()
    yield people.ReadHealth()
    for scope in ("own", "team", "pool", "everything"):
        yield cases.ListQueue(scope=scope)
        yield cases.ListQueue(scope=scope, limit=3, cursor=f"100.{NOBODY}")
    yield cases.ListQueue(scope="team", person_id=(known.person_ids or (NOBODY,))[0])
    for case_id in (*known.case_ids, *known.junk):
        yield cases.OpenCase(case_id=case_id)
        yield cases.ReadTimeline(case_id=case_id)
        yield cases.ReadTimeline(case_id=case_id, looks_only=True, before=5)
        yield reveal.GetRevealOptions(case_id=case_id)
        yield reveal.ListMyReveals(case_id=case_id)
        yield notes.ReadNotes(case_id=case_id)
        yield contacts.ListContactChanges(case_id=case_id)
    for scope in ("waiting", "mine", "all"):
        yield contacts.ListContactChanges(scope=scope)
    yield reveal.ListMyReveals()
    yield reveal.ReadInbox()
    yield reveal.ListGrants()
    yield reveal.ListReviews()
    yield cases.ListFrozen()
    yield imports.ListSources()
    yield imports.ListImports()
    yield imports.ListDropped()
    yield log.ReadLog()
    yield log.ReadLog(action="case:", limit=5)
    yield log.ReadLog(staff_no="A0173", before=50)
    for word in known.junk:
        yield log.ReadLog(case_number=word)
        yield cases.ListQueue(cursor=word)


def _leading(known: Known) -> Iterator[AnyCall]:
    """What a team's head does, and everybody's own record."""
    yield team.ReadTeam()
    yield team.ReadWallboard()
    yield team.ListAbsences()
    yield team.ListCovers()
    yield team.ReadCoaching()
    yield team.ReadFigures()
    yield team.ReadFigures(period="week", back=1)
    yield team.ComparePeers()
    yield record.ReadOwnRecord()
    yield record.ReadOwnRecord(everything=True, before=50)
    yield record.ReadTeamRecord()
    for person_id in (*known.person_ids[:2], NOBODY):
        yield team.ReadCoaching(person_id=person_id)
        yield record.ReadTeamRecord(person_id=person_id)
        for words in known.words:
            yield team.WriteCoaching(person_id=person_id, text=words, scores={"identity": 3})
        yield team.SetAbsence(person_id=person_id, first_day="2020-01-01", last_day="2020-01-02")
    for case_id in known.case_ids[:2]:
        for words in known.words:
            yield team.WriteCoaching(person_id=(known.person_ids or (NOBODY,))[0], text=words, case=case_id)
    for word in (*known.case_ids, *known.junk):
        yield record.ReadCustomerRecord(kind="case_number", value=word, reason="complaint", reference="TS-2026-1")
    for word in known.words:
        yield record.ReadCustomerRecord(kind="case_number", value="C-2026-1", reason="audit", reference=word)
    for kind, value in known.guesses:
        yield record.ReadCustomerRecord(kind=kind, value=value, reason="audit", reference="AU-1")
    yield team.EndAbsence(absence_id=NOBODY, seen_version=1)
    yield team.AcknowledgeCoaching(note_id=NOBODY)


def _asking(known: Known) -> Iterator[AnyCall]:
    for case_id in (*known.case_ids, NOBODY):
        for ref in FIELDS:
            for words in known.words:
                yield reveal.AskReveal(case_id=case_id, fields=(ref,), reason="other", words=words, minutes=10)
        yield reveal.AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=9999)
        for grant_id in (*known.grant_ids, NOBODY):
            yield reveal.ViewField(case_id=case_id, grant_id=grant_id, field=FIELDS[1])
    for kind, value in known.guesses:
        yield cases.ExactSearch(kind=kind, value=value)
    for word in known.junk:
        yield cases.ExactSearch(kind="mobile", value=word)
        yield cases.ExactSearch(kind=word, value="139")


def _noting(known: Known) -> Iterator[AnyCall]:
    for case_id in (*known.case_ids, NOBODY):
        for words in (*known.words, *known.junk):
            yield notes.WriteNote(case_id=case_id, text=words)
        yield notes.ReadNotes(case_id=case_id, cursor=NOBODY)
        for field_name in ("mobile", "email", "id_number", "nonsense"):
            yield contacts.ProposeContact(case_id=case_id, field=field_name, value="x", lawful_source="customer")
        for digits in ("", "8x", "1234567", "12*4"):
            yield verify.VerifyDigits(case_id=case_id, digits=digits)
    for note_id in (*known.note_ids, NOBODY):
        for place in (0, 1, -1):
            yield contacts.ProposeFound(note_id=note_id, place=place)
    for change_id in (*known.change_ids, NOBODY):
        yield contacts.CheckContact(change_id=change_id, accept=False, reason="no", seen_version=0)
        yield contacts.CheckContact(change_id=change_id, accept=True, lawful_source="bought", seen_version=1)
        yield contacts.WithdrawContact(change_id=change_id)


def _importing(known: Known) -> Iterator[AnyCall]:
    for path in (*known.paths, "/etc/passwd", "\x00", ""):
        yield imports.StartImport(path=path, source="不认识的来源", dry_run=True)
        yield imports.StartImport(path=path, source="x", kind="nonsense")
    for job_id in (*known.job_ids, NOBODY):
        yield imports.ReadImport(job_id=job_id)
        yield imports.CancelImport(job_id=job_id)
    for batch_id in (*known.batch_ids, NOBODY):
        yield imports.ReadFaults(batch_id=batch_id)
        yield imports.ApproveImport(batch_id=batch_id, approve=True)
    for word in known.words:
        yield imports.ProposeSource(name=word)
        yield imports.ProposeSource(name=word, public_key="-----BEGIN PUBLIC KEY-----")
    for source_id in (*known.source_ids, NOBODY):
        yield imports.RegisterSource(source_id=source_id)
        yield imports.RekeySource(source_id=source_id, public_key="-----BEGIN PUBLIC KEY-----")
    # One that is retired would take no more of the files that follow.
    yield imports.RetireSource(source_id=NOBODY)


def _deciding(known: Known) -> Iterator[AnyCall]:
    for request_id in (*known.request_ids, NOBODY):
        for words in known.words:
            yield reveal.DecideReveal(request_id=request_id, verdict="refuse", reason=words)
        yield reveal.DecideReveal(request_id=request_id, verdict="nonsense")
        yield reveal.DecideReveal(request_id=request_id, verdict="approve", fields=(ADDRESS,), minutes=1)
        yield reveal.WithdrawReveal(request_id=request_id)
    for grant_id in (*known.grant_ids, NOBODY):
        yield reveal.RevokeGrant(grant_id=grant_id)
        yield reveal.ReviewReveal(grant_id=grant_id, verdict="justified")
    for person_id in (*known.person_ids[:2], NOBODY, None):
        yield cases.AssignCases(assignee_id=person_id, case_ids=(NOBODY,))
        yield cases.AssignCases(assignee_id=person_id, count=-1)
    yield cases.LiftFreeze(freeze_id=NOBODY)
    yield log.TakeCheckpoint()
    yield log.VerifyLog()
    cells = [*known.case_ids, *(value for _, value in known.guesses), *known.words]
    yield trace.TraceFragment(packed=pack(Fragment([cells], loose=True))[0])
    yield trace.TraceFragment(packed=b"junk")
    yield marks.TraceScreen(readings=(bytes(range(254)),), digest="0" * 64)
    yield marks.NoteColours(colours="fewer")


def _working(known: Known) -> Iterator[AnyCall]:
    promise = work.Terms(amount=100, due_on="2026-12-01", channel="bank_app")
    for case_id in (*known.case_ids, NOBODY):
        for code in ("no_answer", "answered_self", "called_in", "nonsense"):
            for words in ("", *known.words):
                yield work.RecordResult(case_id=case_id, version=2, code=code, note=words)
        yield work.RecordResult(case_id=case_id, version=3, code="promised", promise=promise)
        yield work.PlanContact(case_id=case_id, version=4, next_at=-1)
        yield work.WithdrawPromise(case_id=case_id, version=5, promise_id=NOBODY, reason="mistake")
        for words in known.words:
            yield work.KeepDraft(case_id=case_id, kind="result", text=words)
            yield work.ReadDraft(case_id=case_id, kind="result")
            yield work.PlaceHold(case_id=case_id, reason="dispute", words=words)
        yield work.PlaceHold(case_id=case_id, reason="nonsense")
    yield work.ListHolds()
    for verdict in ("confirm", "lift", "nonsense"):
        yield work.DecideHold(hold_id=NOBODY, verdict=verdict, version=1)


def _staffing(known: Known) -> Iterator[AnyCall]:
    """Accounts: looked at by whoever exists, acted on where nobody is hurt by it."""
    for person_id in (*known.person_ids[:3], *known.junk):
        yield people.ReadPerson(person_id=person_id)
        yield training.ListTraining(person_id=person_id)
    persons = {"chenjing": NOBODY, "yangmin": NOBODY}
    yield from staff_calls(persons, {"one": NOBODY, "two": NOBODY})
    for word in known.junk:
        yield staff.MakePerson(staff_no=word, name=word, login=word, unit_id=word)
        yield staff.RequestPerson(staff_no=word, name=word, login=word, reason=word)
        yield staff.NoteDeparture(person_id=word, kind=word, last_day=word)
        yield staff.SignUp(login=word, invitation=word, password=word)


def _seating(known: Known) -> Iterator[AnyCall]:
    """Roles: applied for, explained, never decided, since nobody of the scene waits for one."""
    yield roles.ListApplications()
    yield roles.ListApplications(only_open=False)
    yield roles.ListChoices()
    yield roles.ReadRecertification()
    yield roles.OpenRecertification(days=0)
    yield roles.ListDeputies()
    yield agencies.ListAgencies()
    yield explain.ReadCatalogue()
    for field_name in ("mobile", "full_name", "no_such_field"):
        yield explain.ExplainField(field=field_name)
    for person_id in (*known.person_ids[:3], NOBODY):
        yield roles.ListHeldRoles(person_id=person_id)
        yield roles.Apply(role="auditor", person_id=person_id, days=1)
        yield roles.SetDeputy(person_id=person_id, ends_at=1)
        yield roles.RecordPost(person_id=person_id, kind="nonsense")
        yield explain.ExplainPerson(person_id=person_id)
    for word in (NOBODY, *known.junk):
        yield roles.Apply(role=word, unit_id=word, words=word)
        yield roles.DecideApplication(application_id=word, verdict="approve", seen_version=1)
        yield roles.WithdrawApplication(application_id=word)
        yield roles.RevokeRole(grant_id=word)
        yield roles.Recertify(item_id=word, verdict="remove")
        yield roles.EndDeputy(delegation_id=word)
        yield roles.MakeUnit(name=word, kind="nonsense", parent_id=word)
        yield agencies.ProposeTerm(unit_id=word, last_day=word)
        yield agencies.ProposeTerm(name=word, last_day=word)
        yield agencies.DecideTerm(term_id=word, version=1, approve=False)
        yield agencies.WithdrawTerm(term_id=word)
        yield explain.ExplainApplication(application_id=word)


def _sharing(known: Known) -> Iterator[AnyCall]:
    """Handing cases out, interests that bind nobody of the scene, strategies that are never live."""
    persons = {"wangfang": (known.person_ids or (NOBODY,))[0], "machao": NOBODY}
    yield from strategy_calls((known.case_ids or (NOBODY,))[0], persons, NOBODY)
    for case_id in (*known.case_ids, *known.junk):
        yield assign.PreviewMoves(case_ids=(case_id,), to_ids=(persons["wangfang"],))
        yield strategy.ReadAdvice(case_id=case_id)
    for word in known.junk:
        yield strategy.ProposeStrategy(lines=(word,))
        yield assign.DeclareInterest(case_id=word, kind=word)


def _messages(known: Known) -> Iterator[AnyCall]:
    """Templates that are none, and words that must not stand in one."""
    yield from message_calls(NOBODY)
    for case_id in ((known.case_ids or (NOBODY,))[0], NOBODY, *known.junk):
        yield from sending_calls(case_id, NOBODY)
    for word in (*known.words, *known.junk):
        yield messages.ReadTemplate(template_id=word)
        yield messages.ProposeTemplate(code="due", title="x", body=word)
        yield messages.ProposeTemplate(code="due", title=word, body="{amount}")
        yield messages.ProposeTemplate(code=word, title="x", body="{amount}")
        yield messages.RetireTemplate(template_id=word, version=1)


def _scenes(known: Known) -> Iterator[AnyCall]:
    """Special scenes and visits: filed for whatever a case has, asked for by whoever has no part in them."""
    yield from scene_calls(NOBODY, NOBODY, NOBODY)
    for case_id in known.case_ids:
        for name in ("mobile", "contact_phone", "im_account", "email"):
            field = cases.FieldRef(name=name)
            yield special.FileSpecial(case_id=case_id, field=field, scenario="court_request", words=WORDS)
        yield special.ReadSpecialOptions(case_id=case_id)
    for word in (*known.words, *known.junk):
        yield special.OpenSpecial(filing_id=word)
        yield special.ReadSpecial(filing_id=word)
        yield visits.PlanVisit(
            case_id=word, field=cases.FieldRef(name=word), day=word, from_minute=0, until_minute=1, visitors=(word,)
        )


def _contacting(known: Known) -> Iterator[AnyCall]:
    """Contact rules: asked of every case, consents and stops that fit nowhere, rules that are never in force."""
    yield from contact_calls(NOBODY, 0, NOBODY)
    yield from calling_calls(NOBODY, NOBODY)
    yield from privacy_calls(NOBODY)
    yield from recording_calls(NOBODY, NOBODY)
    for word in JUNK:
        yield from after_calls(word)
    for case_id in (*known.case_ids, *known.junk):
        yield contact.CheckContacts(case_id=case_id)
        yield contact.CheckContacts(case_id=case_id, means="sms")
        yield privacy.BindNumber(case_id=case_id, hours=0)
        yield privacy.ListBindings(case_id=case_id)
        yield contact.StopContact(
            case_id=case_id, contact=contact.ContactRef(field="contact_phone", ordinal=9), reason="asked"
        )
    for word in (*known.words, *known.junk):
        yield contact.ProposeRules(lines=(word,))
        yield recordings.FindRecordings(case_id=word, reason="complaint", reference=word)
        yield recordings.StartListening(call_id=word, reason=word)
        yield recordings.TraceListener(mark=word)
        yield listening.EndListeningTask(task_id=word)
        yield listening.GiveListeningTask(staff_no=word, reason="audit", reference=word, ends_at=2**60, unit=word)
        yield listening.GiveListeningTask(staff_no="", reason="complaint", reference=word, ends_at=1, case_id=word)
        yield privacy.UnbindNumber(binding_id=word)
        yield contact.ReadRules(edition_id=word)
        yield contact.WithdrawConsent(consent_id=word)
        yield contact.ConfirmConsent(consent_id=word, version=1)
        yield contact.RefuseConsent(consent_id=word, version=1, reason=word)
        yield consents.ListConsents(scope=word)
        yield consents.ListConsents(cursor=word)
        yield contact.RecordConsent(
            case_id=(known.case_ids or (NOBODY,))[0],
            means="call",
            from_minute=0,
            until_minute=1,
            expires_at=2**60,
            evidence=word,
            reference=word,
        )


def _sitting() -> Iterator[AnyCall]:
    yield session.SetLanguage(language="en")
    yield session.SetLanguage(language="tlh")
    yield session.IssueTicket()
    yield session.Resume(ticket="junk")
    yield session.SignIn(login="zhangwei", password="wrong-password", code="000000")
    yield session.Lock()
    yield session.WhoAmI()
    yield session.Unlock(password="", code="")
    yield session.StepUp(code="000000", key="x" * 64)
    yield session.SignOut()
    yield session.WhoAmI()
    yield session.SignInAs(name="nobody-at-all")


async def answer(line: EmbeddedDesk, call: AnyCall) -> bytes:
    """The reply as JSON, or the refusal; what a screen or command would get to see."""
    try:
        return msgspec.json.encode(await line.call(call))
    except DeskError as refused:
        return b"refused " + msgspec.json.encode(refused.refusal)
