"""What a desk without a desk answers about contact rules and calls."""

from __future__ import annotations

import msgspec

from access.policy.actions import Action
from console.desk.api import contact
from console.desk.api.base import Done
from console.desk.api.consents import ConsentLine, ConsentPage, ListConsents
from console.desk.api.contact import ConsentView, ContactRef, ContactVerdict, RulesEdition, RuleVerdict
from console.desk.api.session import Me
from tests.support.fake_calls import CALL_ACTS, CallAnswers
from tests.support.fake_messages import MessageAnswers

NOW = 1_795_329_120_000_000
HOUR = 3_600_000_000
LONG = "Featherstonehaugh-Smythe"
_WORK = {
    Action.CONTACT_CONSENT_LIST,
    Action.CONTACT_CONSENT_RECORD,
    Action.CONTACT_CONSENT_WITHDRAW,
    Action.CONTACT_RULES_READ,
    Action.CONTACT_SLOT_CHECK,
    Action.CONTACT_STOP_SET,
}
CONTACT_ACTS = {
    "agent": _WORK | CALL_ACTS["agent"],
    "supervisor": _WORK
    | CALL_ACTS["supervisor"]
    | {Action.CONTACT_RULES_PROPOSE, Action.CONTACT_STOP_LIFT}
    | {Action.CONTACT_CONSENT_CONFIRM, Action.CONTACT_CONSENT_REFUSE},
    "compliance": {Action.CONTACT_CONSENT_CONFIRM, Action.CONTACT_CONSENT_LIST, Action.CONTACT_CONSENT_REFUSE},
    "security_admin": {Action.CONTACT_RULES_READ, Action.CONTACT_RULES_APPROVE},
    "auditor": {Action.CONTACT_RULES_READ},
}
"""Acts of this room, by role."""


def verdict(rule: str, kind: str, clause: str, said: str = "allowed", **more: object) -> RuleVerdict:
    """One rule's answer."""
    return RuleVerdict(rule=rule, kind=kind, clause=clause, verdict=said, **more)  # type: ignore[arg-type]


RULES = (
    verdict("workable", "workable", "C-5.4a"),
    verdict("hold", "hold", "S-4.6"),
    verdict("do_not_contact", "do_not_contact", "R-54"),
    verdict("complaint", "complaint", "S-4.9"),
    verdict("source", "source", "S-5-13"),
    verdict("party", "party", "S-5-5"),
    verdict("lost_contact", "lost_contact", "S-5-6", used=2, limit=3),
    verdict("quiet_hours", "quiet_hours", "S-5-1"),
    verdict("holidays", "holidays", "S-5-1", "off"),
    verdict("connected", "count", "S-5-2", used=1, limit=3),
    verdict("unanswered", "count", "S-5-3", "advice", why="near_unanswered", used=5, limit=6),
    verdict("interval", "pause", "S-5-4", "advice", why="pause_placed", allowed_at=NOW + 72 * HOUR),
    verdict("recorder", "recorder", "S-5-11"),
    verdict("agency", "agency", "S-5-15"),
)
REFUSED = tuple(
    verdict("quiet_hours", "quiet_hours", "S-5-1", "refused", why="quiet_hours", allowed_at=NOW + 17 * HOUR)
    if one.rule == "quiet_hours"
    else verdict("party", "party", "S-5-5", "refused", why="third_not_lost")
    if one.rule == "party"
    else one
    for one in RULES
)
CONTACTS = (
    ContactVerdict(
        contact=ContactRef(field="mobile"),
        masked="138****5678",
        party="debtor",
        allowed=True,
        allowed_at=NOW,
        rules=RULES,
        may=("stop",),
        left=1,
    ),
    ContactVerdict(
        contact=ContactRef(field="contact_phone", ordinal=2),
        masked="*******5678",
        party="third",
        allowed=False,
        allowed_at=None,
        rules=REFUSED,
        stop_id="s1",
        stop_version=1,
        may=("lift",),
        left=1,
    ),
)


def edition(number: int, state: str, **more: object) -> RulesEdition:
    """One edition."""
    made: dict[str, object] = {
        "edition_id": f"r{number}" if number else "",
        "edition": number,
        "code": "us-reg-f" if number == 4 else "cn",
        "state": state,
        "in_force": False,
        "starts_at": NOW if number else 0,
        "made_by": LONG if number % 2 else "",
        "made_at": NOW,
        "reviewed_by": "周凯" if state != "proposed" and number else "",
        "approved_by": "",
        "digest": "0" * 64,
        "version": 2,
    }
    return RulesEdition(**made | more)  # type: ignore[arg-type]


EDITIONS = (
    edition(5, "proposed"),
    edition(4, "reviewed"),
    edition(3, "approved", in_force=True),
    edition(2, "rolled_back"),
    edition(1, "refused"),
    edition(0, "approved"),
)
LINES = ('code = "cn"', 'title = "China"', "", "[[rule]]", 'kind = "workable"', 'name = "workable"')


def consent(number: int, **more: object) -> ConsentView:
    """One consent."""
    made: dict[str, object] = {
        "consent_id": f"k{number}",
        "means": "call",
        "from_minute": 22 * 60,
        "until_minute": 23 * 60 + 30,
        "expires_at": NOW + 30 * 24 * HOUR,
        "evidence": "recording",
        "reference": f"REC-2026-{number:04d}",
        "state": "active",
        "recorded_by": "张伟",
        "recorded_at": NOW,
        "version": 1,
        "may": ("withdraw",),
    }
    return ConsentView(**made | more)  # type: ignore[arg-type]


def consent_line(one: ConsentView, **more: object) -> ConsentLine:
    """A consent as the list of them shows it."""
    made: dict[str, object] = {
        "consent": one,
        "case_id": "case-1",
        "case_number": "C-2026-0000001",
        "name": "欧阳*",
        "zone": "Asia/Shanghai",
        "staff_no": "A0173",
        "mine": False,
    }
    return ConsentLine(**made | more)  # type: ignore[arg-type]


class ContactAnswers(CallAnswers, MessageAnswers):
    """Mixed into the fake desk, with calls and what is written to customers.

    consents: in force; asked_consents: that wait for a second person. own_consents: what became of the viewer's own.
    page: how many consents a list gives at once.
    """

    me: Me | None
    consents: tuple[ConsentView, ...] = ()
    asked_consents: tuple[ConsentView, ...] = ()
    own_consents: tuple[ConsentLine, ...] = ()
    page = 50

    def _CheckContacts(self, request: contact.CheckContacts) -> contact.ContactCheck:  # noqa: N802
        return contact.ContactCheck(
            case_id=request.case_id,
            number="C-2026-0000001",
            zone="Asia/Shanghai",
            means="call",
            profile="cn",
            edition=3,
            contacts=CONTACTS,
            consents=self.consents,
            asked=self.asked_consents,
            may=("consent",) if self.me is not None and Action.CONTACT_CONSENT_RECORD.value in self.me.acts else (),
        )

    def _RecordConsent(self, request: contact.RecordConsent) -> ConsentView:  # noqa: N802
        kept = consent(
            len(self.consents) + len(self.asked_consents) + 1,
            **{name: getattr(request, name) for name in ("means", "from_minute", "until_minute", "expires_at")},
            evidence=request.evidence,
            reference=request.reference or "call-1",
            state="active" if request.evidence == "recording" else "asked",
        )
        if kept.state == "active":
            self.consents = (*self.consents, kept)
        else:
            self.asked_consents = (*self.asked_consents, kept)
        return kept

    def _ConfirmConsent(self, request: contact.ConfirmConsent) -> Done:  # noqa: N802
        done = [one for one in self.asked_consents if one.consent_id == request.consent_id]
        self.asked_consents = tuple(one for one in self.asked_consents if one not in done)
        self.consents += tuple(msgspec.structs.replace(one, state="active", may=("withdraw",)) for one in done)
        return Done()

    def _RefuseConsent(self, request: contact.RefuseConsent) -> Done:  # noqa: N802
        self.asked_consents = tuple(one for one in self.asked_consents if one.consent_id != request.consent_id)
        return Done()

    def _ListConsents(self, request: ListConsents) -> ConsentPage:  # noqa: N802
        waiting = tuple(consent_line(one) for one in self.asked_consents)
        items = waiting if request.scope == "waiting" else self.own_consents
        start = int(request.cursor or 0)
        shown = items[start : start + self.page]
        more = len(items) > start + self.page
        return ConsentPage(items=shown, cursor=str(start + self.page) if more else None)

    def _WithdrawConsent(self, request: contact.WithdrawConsent) -> Done:  # noqa: N802
        self.consents = tuple(one for one in self.consents if one.consent_id != request.consent_id)
        self.own_consents = tuple(one for one in self.own_consents if one.consent.consent_id != request.consent_id)
        return Done()

    def _StopContact(self, _: contact.StopContact) -> Done:  # noqa: N802
        return Done()

    def _LiftStop(self, _: contact.LiftStop) -> Done:  # noqa: N802
        return Done()

    def _ListRules(self, _: contact.ListRules) -> contact.RulesList:  # noqa: N802
        return contact.RulesList(editions=EDITIONS, shipped=("cn", "us-reg-f"))

    def _ReadRules(self, request: contact.ReadRules) -> contact.RulesView:  # noqa: N802
        found = next((one for one in EDITIONS if one.edition_id == request.edition_id), EDITIONS[-1])
        return contact.RulesView(
            edition=found, lines=LINES, diff=("@@ -1 +1 @@", "-limit = 3", "+limit = 2"), against=2
        )

    def _ProposeRules(self, request: contact.ProposeRules) -> contact.RulesProposal:  # noqa: N802
        del request
        return contact.RulesProposal(edition=edition(6, "proposed"), faults=())

    def _DecideRules(self, request: contact.DecideRules) -> RulesEdition:  # noqa: N802
        return edition(5, "reviewed" if request.approve else "refused")

    def _RollBackRules(self, _: contact.RollBackRules) -> RulesEdition:  # noqa: N802
        return edition(3, "rolled_back")
