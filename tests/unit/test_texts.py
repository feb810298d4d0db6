"""Every text that the source asks for exists in both languages, and none lies unused."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from access.audit.acts import ACTS, DESK_ACTS
from access.audit.details import DetailKey
from access.audit.findings import Kind
from access.grants.reasons import ReasonCode
from access.grants.states import GrantState, RequestState
from access.people import departures, training
from access.people.agencies import OPEN
from access.people.orders import OrderKind, OrderState
from access.policy.actions import Action
from access.policy.holds import HoldReason
from access.policy.model import Purpose, StepUp
from access.roles import Mode, Role, Scope
from access.roles.application import ApplicationState, RecertState, Stage, Standing
from console.desk import api
from console.desk.api import exports
from console.desk.api.contact import EVIDENCE, Verdict
from console.desk.api.contact import STOP_REASONS as NUMBER_STOPS
from console.desk.api.contact import Means as ContactMeans
from console.desk.api.contacts import LAWFUL_SOURCES
from console.desk.api.recordings import REASONS as LISTEN_REASONS
from console.desk.api.recordings import TASK_REASONS
from console.desk.api.staff import STOP_REASONS
from console.desk.api.work import Channel, ResultCode, WithdrawReason
from console.desk.calls.destroying import State as DestructionState
from console.desk.calls.privacy_states import PASSING, BindingState, NumberState, Provider
from console.desk.calls.states import CallState, RecordingState
from console.desk.calls.switchboard import TRUNK_TROUBLE
from console.desk.cases.states import CaseState, state_name
from console.desk.contact.profile import SHIPPED, AnyRule, parse, shipped_lines
from console.desk.contact.states import EditionState
from console.desk.exports.states import ExportState
from console.desk.imports.afterwards import FILE, ROWS
from console.desk.imports.faults import Code
from console.desk.messages.fates import MessageState
from console.desk.messages.states import TemplateState
from console.desk.messages.templates import Parameter
from console.desk.special.states import FilingState, Report, Scenario
from console.desk.strategy.interests import KINDS
from console.desk.strategy.rules import Means
from console.desk.strategy.states import StrategyState
from console.desk.team.board import WALL
from console.desk.team.days import PERIODS
from console.desk.team.tally import SUMS
from console.desk.visits.states import VisitResult, VisitState
from console.desk.work.order import Band
from console.dial.axb.posting import BEGIN, CODES
from console.dial.results import By, Result
from console.locales import compile_po, source_digest
from console.serve.partings import REASONS
from console.settings import CallSettings, MessageSettings
from console.texts import LANGUAGES
from console.tui.modals import absence, coach, customer, load_file, log_filter, search
from console.tui.places import PLACES
from console.tui.screens import figures
from masking.catalogue import Catalogue
from masking.detect import FindingKind
from masking.masks import BUCKETS
from watermark.runs import Carrier
from watermark.verdict import Finding, Layer, Said

ROOT = Path(api.__file__).parents[3]
WHY = {*CODES.values(), *(code for _, code in BEGIN), "refused"}
"""Why a provider did not bind a privacy number."""

DOTTED = re.compile(r"[a-z_]+(?:\.[a-z0-9_:-]+)+")


def po(language: str) -> dict[str, str]:
    source = (ROOT / "console" / "locales" / f"{language}.po").read_bytes()
    return {str(message.id): str(message.string) for message in read_po(io.BytesIO(source)) if message.id}


KEYS = {language: po(language) for language in LANGUAGES}
OWN = KEYS["zh_CN"]
HEADS = {key.partition(".")[0] for key in OWN}


def strings(path: Path) -> Iterator[str]:
    """Every whole string constant of a module, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def prefixes(path: Path) -> Iterator[str]:
    """What f-strings begin with: `reason.` in `f"reason.{code}"`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            head = str(node.values[0].value)
            if head.endswith(".") and DOTTED.fullmatch(head + "x") and head.partition(".")[0] in HEADS:
                yield head


def spoken() -> list[Path]:
    """Modules that word things: screens, commands, the demo, the texts themselves."""
    console = ROOT / "console"
    return [
        *console.glob("tui/**/*.py"),
        *console.glob("cli/**/*.py"),
        *console.glob("demo/**/*.py"),
        *console.glob("serve/**/*.py"),
        *(console / "desk" / "exports").glob("*sheet.py"),
        console / "export_words.py",
        console / "texts.py",
        console / "trace_words.py",
    ]


def codes() -> set[str]:
    """Every refusal code that access, masking and the desk can answer with."""
    tags = {str(call.__struct_config__.tag) for call in api.calls()}
    files = re.compile(r"\.(toml|txt|db|log|bin|key|sock|lock|csv|xlsx|json|jsonl|md|py)$")
    found = set()
    console = ROOT / "console"
    paths = [*(ROOT / "access").rglob("*.py"), *(ROOT / "masking").rglob("*.py"), *console.glob("desk/**/*.py")]
    for path in [*paths, *console.glob("*.py")]:
        if path.name in ("faults.py", "texts.py"):
            continue
        for text in strings(path):
            if not re.fullmatch(r"[a-z_]+\.[a-z_]+", text) or files.search(text) or text in tags | NO_CODES:
                continue
            if text.startswith("veildesk.") or (ROOT / text.replace(".", "/")).exists():
                continue
            found.add(text)
    return found


def package_codes() -> set[str]:
    """Why a package is not opened."""
    path = ROOT / "console" / "package" / "opening.py"
    return {text for text in strings(path) if re.fullmatch(r"package\.[a-z]+", text)}


def keyword_codes(*folders: str) -> set[str]:
    """Codes that commands and the demo refuse with: `Refusal(code="…")`."""
    return {
        str(node.value.value)
        for folder in folders
        for path in (ROOT / "console" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, str) and "." in node.value.value
    }


def file_codes() -> set[str]:
    """Codes that whoever reads a file or a picture to be traced refuses it with."""
    paths = (ROOT / "console" / "fragments" / "faults.py", ROOT / "watermark" / "screen_trace" / "picture.py")
    return {text for path in paths for text in strings(path) if re.fullmatch(r"trace\.[a-z_]+", text)}


def checks() -> set[str]:
    """Names of everything that health and doctor look at."""
    paths = [ROOT / "console" / "desk" / "health.py", *(ROOT / "console" / "doctor").rglob("*.py")]
    return {name for path in paths for name in re.findall(r'name="(\w+)"', path.read_text(encoding="utf-8"))}


def said(head: str, *folders: str) -> set[str]:
    """Ends of keys that stand as words in a folder of the console: `name` for `cli.head.name`."""
    words = {text for folder in folders for path in (ROOT / "console" / folder).rglob("*.py") for text in strings(path)}
    return {key.removeprefix(head) for key in OWN if key.startswith(head)} & words


def logged() -> set[str]:
    """Acts that only the log names: what the desk does by itself, and what goes with another act."""
    places = [
        *(ROOT / "access").rglob("*.py"),
        *(ROOT / "console").glob("desk/**/*.py"),
        *(ROOT / "console").glob("d*/*.py"),
    ]
    act = re.compile(r"[a-z]+:[a-z_]+:[a-z_]+")
    listed = ROOT / "access" / "audit" / "acts.py"
    whole = {text for path in places if path != listed for text in strings(path) if act.fullmatch(text)}
    endings = {"import:batch:": ("publish", "quarantine", "refuse"), "account:order:": tuple(OrderKind)}
    return whole | {head + end for head, ends in endings.items() for end in ends}


NO_CODES = {
    "doorway.side_door",  # a call that no screen can make
    "doorway.sign_in",  # same
    "handing.admit",  # same
    "handing.begin",  # same
    "handing.discard",  # same
    "handing.end",  # same
    "handing.keep",  # same
    "handing.see",  # same
    "handing.take",  # same
    "policy.allowed",  # the one code that is not a refusal
    "export.serial",  # a counter's name
    "export.row",  # same
    "export.token",  # what a token is for
    "join.list",  # a text key
    "trace.left_out",  # same
    "trace.levelled",  # same
    "trace.places",  # same
    "trace.rests",  # same
    "trace.unread",  # same
    "oracle.uses",  # a counter's name
    "special.number",  # same
    "listening.number",  # same
    "reveal.number",  # same
}

PROMISE_DETAILS = {"amount", "channel", "due_on", "hold", "promise"}
"""What the timeline adds to an event from the promise or hold it names."""

STANDINGS = {"active", "pending", "suspended", "frozen", "left", "leaving", "untrained", "no_agreement", "locked"} | {
    "invited",
    "uninvited",
}
ACCOUNT_STATES = ("open", "settled", "recalled")
IMPORT_STATES = ("running", "dry", "published", "waiting", "refused", "quarantined", "cancelled", "failed")


def shipped(code: str) -> tuple[AnyRule, ...]:
    """The rules of a profile that comes with the desk."""
    profile, _faults = parse(shipped_lines(code))
    return profile.rules if profile is not None else ()


PHASES = {
    "agent_answered",
    "agent_calling",
    "agent_ringing",
    "customer_answered",
    "customer_calling",
    "customer_ringing",
    "talking",
}
"""What `console.dial.messages.Moved` says."""

LINE_TROUBLE = {result.value for result in TRUNK_TROUBLE} | {
    *("away", "broken", "experimental", "no_reply", "not_let_in", "not_verified", "plain"),
}
"""Why a line is not as it should be."""

SURE = {"propose", "approve", "refuse", "carry_out", "witness"}
"""What is asked before a step of a destruction."""

FAMILIES: dict[str, set[str]] = {
    "agency.state.": {state.value for state in OPEN},
    "agency.sure.": {"approve", "refuse", "withdraw", "words"},
    "absence.reason.": set(absence.REASONS),
    "access.mode.": {mode.value for mode in Mode},
    "access.scope.": {scope.value for scope in Scope},
    "action.": set(ACTS),
    "channel.": {channel.value for channel in Channel},
    "check.": checks(),
    "check.state.": {"ok", "warn", "bad"},
    "cli.figure.": set(SUMS),
    "cli.head.": said("cli.head.", "cli"),
    "cli.import.": said("cli.import.", "cli"),
    "coach.criterion.": set(coach.CRITERIA),
    "customer.reason.": set(customer.REASONS),
    "call.by.": {by.value for by in By},
    "call.phase.": {state.value for state in CallState} | PHASES,
    "call.recording.": {state.value for state in RecordingState},
    "call.result.": {result.value for result in Result},
    "calls.column.": {"at", "caller", "case", "id", "phone", "recording", "side", "state", "time"},
    "calls.kept.": {state.value for state in RecordingState},
    "calls.phase.": {state.value for state in CallState} | PHASES,
    "calls.result.": {result.value for result in Result},
    "calls.side.": {by.value for by in By},
    "calls.phone.": {"away", "dropped", "name", "password", "realm", "server", "there"},
    "privacy.binding.": {state.value for state in BindingState},
    "privacy.column.": {
        "approved_by",
        "bound",
        "contact",
        "holder",
        "id",
        "made_by",
        "number",
        "provider",
        "state",
        "until",
    },
    "privacy.line.": {state.value for state in BindingState} | {"why"},
    "privacy.number.": {state.value for state in NumberState},
    "privacy.provider.": {provider.value for provider in Provider},
    "privacy.why.": WHY | PASSING,
    "consent.by.": {means.value for means in ContactMeans},
    "consent.shown.": set(EVIDENCE),
    "consent.state.": {"active", "asked", "lapsed", "refused", "withdrawn"},
    "consents.": {"empty", "mine", "waiting"},
    "contact.column.": {"figure", "from", "profile", "rule", "when", "why"},
    "contact.party.": {"debtor", "third"},
    "contact.rule.": {
        name for code in SHIPPED for one in shipped(code) for name in (one.name, str(one.__struct_config__.tag))
    },
    "contact.rules.": {f"{what}{end}" for what in ("approve", "refuse", "roll_back") for end in ("", ".words")},
    "contact.stop.": {*NUMBER_STOPS, "words"},
    "contact.verdict.": {verdict.value for verdict in Verdict},
    "contact.why.": {f"hold_{reason}" for reason in (*HoldReason, "unknown")}
    | {f"stop_{reason}" for reason in NUMBER_STOPS}
    | {f"{what}_{of}" for what in ("count", "near") for of in ("connected", "unanswered", "placed")}
    | {"pause_connected", "pause_placed", "not_workable", "complaint", "source_unlawful", "third_not_lost"}
    | {"third_never", "third_relay", "not_lost", "quiet_hours", "holiday", "recorder_not_ready", "agency_not_in_date"}
    | {"no_rules"},
    "contacts.": {"empty", "mine", "waiting"},
    "destruction.state.": {state.value for state in DestructionState},
    "destruction.sure.": SURE | {f"{one}.words" for one in SURE},
    "detail.": {key.value for key in DetailKey} | {"fields", "note"} | PROMISE_DETAILS,
    "fault.": {code.value for code in Code},
    "field.": set(Catalogue.load().fields),
    "export.basis.": set(exports.BASES),
    "export.profile.": set(exports.PROFILES),
    "export.purpose.": set(exports.PURPOSES),
    "export.reach.": set(exports.REACHES),
    "export.rule.": {"days", "due"},
    "export.sure.": {
        f"{what}{end}"
        for what in ("approve", "confirm", "fetch", "refuse", "release", "returned", "stop", "submit", "withdraw")
        for end in ("", ".words")
    },
    "export.together.": {one.name for one in Catalogue.load().combinations},
    "export.verdict.": {"approve", "refuse", "stop"},
    "figures.measure.": set(figures.MEASURES),
    "figures.plot.": set(PERIODS),
    "figures.span.": set(PERIODS),
    "finding.": {kind.value for kind in Kind},
    "hold.reason.": {reason.value for reason in HoldReason},
    "hold.verdict.": {"another", "ask_lift", "confirm", "lift", "reject", "withdraw"},
    "found.": {kind.value for kind in FindingKind},
    "health.": {"ok", "warn", "bad"},
    "health.why.": LINE_TROUBLE,
    "import.kind.": set(load_file.KINDS),
    "import.left.": {FILE, ROWS},
    "keys.": {"active", "pending"},
    "imports.kind.": set(load_file.KINDS),
    "inbox.flag.": {"normal", "high"},
    "instead.": {"blind_verification", "fewer_fields"},
    "lawful.": set(LAWFUL_SOURCES),
    "interest.kind.": set(KINDS),
    "log.days.": {str(days) for days in log_filter.DAYS.values()},
    "log.scope.": {act.partition(":")[0] for act in ACTS},
    "mask.": {
        "none",
        "party.customer",
        "phone",
        "token",
        "born",
        "born.unknown",
        "band",
        "band.unknown",
        "flag.0",
        "flag.1",
    }
    | {"count.0", "count.1", "template", "summary", "pages", "stream", "metadata"}
    | {f"bucket.{bucket}" for bucket in BUCKETS},
    "numbers.sure.": {f"{what}{end}" for what in ("approve", "refuse", "retire") for end in ("", ".words")},
    "outcome.": {"ok", "refused", "failed"},
    "peers.quartile.": {"1", "2", "3", "4"},
    "lines.name.": {"cloud", "messages", "recorder", "trunk"},
    "lines.secret.": {"cloud", "messages", "trunk", "words"},
    "lines.set.": {f"calls.{name}" for name in CallSettings.__struct_fields__}
    | {f"message.{name}" for name in MessageSettings.__struct_fields__},
    "listen.reason.": {*LISTEN_REASONS, *TASK_REASONS},
    "listen.state.": {"ringing", "playing", "paused", "ended", "torn", "broken"},
    "phones.": {one + end for one in ("renew", "drop") for end in ("", ".words")},
    "place.": {place.name for place in PLACES},
    "promise.reason.": {reason.value for reason in WithdrawReason},
    "purpose.": {purpose.value for purpose in Purpose},
    "queue.empty.": {"own", "team", "pool"},
    "queue.title.": {"own", "team", "pool"},
    "reason.": {reason.value for reason in ReasonCode},
    "record.summary.": {"own", "everything", "team", "customer"},
    "record.title.": {"own", "everything", "team", "customer"},
    "cli.trace.": {"named", "no_cells", "no_sessions", "open", "rests", "weak"},
    "refusal.": file_codes()
    | codes()
    | package_codes()
    | keyword_codes("cli", "demo", "serve")
    | {f"held.{reason}" for reason in HoldReason},
    "reviews.judge.": {"justified", "doubtful"},
    "recert.state.": {state.value for state in RecertState},
    "result.": {code.value for code in ResultCode},
    "role.": {role.value for role in Role},
    "roles.stage.": {stage.value for stage in Stage},
    "roles.standing.": {standing.value for standing in Standing},
    "roles.state.": {state.value for state in ApplicationState},
    "search.kind.": set(search.KINDS),
    "staff.ask.": {"reactivate", "reset", "reactivate.words", "reset.words"},
    "staff.settle.": {"hire", "check", "reset", "reactivate", "leave", "transfer", "confirm", "words"},
    "gate.": {"title", "training", "agreement", "words"},
    "staff.course.": set(training.KINDS),
    "parting.": set(REASONS),
    "staff.departure.": {*departures.KINDS, *(f"{kind}.words" for kind in departures.KINDS)},
    "staff.order.": {kind.value for kind in OrderKind},
    "staff.stop.": {*STOP_REASONS, "words"},
    "step_up.": {kind.value for kind in StepUp},
    "state.account.": set(ACCOUNT_STATES),
    "state.departure.": {state.value for state in departures.DepartureState},
    "state.order.": {state.value for state in OrderState},
    "state.person.": STANDINGS,
    "state.session.": {"active", "locked", "away"},
    "state.trace.": {"begun"},
    "state.training.": {training.EFFECTIVE, training.WAITING, training.STRUCK},
    "state.case.": {state_name(state) for state in CaseState} | {"unknown"},
    "state.export.": {state.value for state in ExportState},
    "state.grant.": {state.value for state in GrantState},
    "state.contact.": {"accepted", "pending", "refused", "withdrawn"},
    "state.hold.": {"active", "asked", "lifted", "rejected", "withdrawn"},
    "state.import.": set(IMPORT_STATES),
    "state.promise.": {"broken", "kept", "open", "replaced", "withdrawn"},
    "state.interest.": {"active", "lifting", "lifted"},
    "state.move.": {"done", "undone"},
    "state.request.": {state.value for state in RequestState},
    "template.parameter.": {one.value for one in Parameter},
    "template.sure.": {f"{what}{end}" for what in ("approve", "refuse", "retire") for end in ("", ".words")},
    "state.message.": {state.value for state in MessageState},
    "state.template.": {state.value for state in TemplateState},
    "special.outcome.": {one.value for one in Report},
    "special.scene.": {one.value for one in Scenario},
    "special.state.": {one.value for one in FilingState},
    "special.sure.": {f"{what}{end}" for what in ("approve", "refuse", "review", "escalate") for end in ("", ".words")},
    "visit.result.": {one.value for one in VisitResult},
    "visit.state.": {one.value for one in VisitState},
    "visit.sure.": {f"{what}{end}" for what in ("approve", "refuse", "cancel", "set_out") for end in ("", ".words")},
    "state.rules.": {state.value for state in EditionState},
    "state.source.": {"proposed", "registered", "retired"},
    "standing.": {"active", "over", "revoked"},
    "listening.state.": {"active", "over", "ended"},
    "state.strategy.": {state.value for state in StrategyState},
    "strategy.channel.": {means.value for means in Means},
    "strategy.run.": {"due", "done", "stopped"},
    "strategy.part.": {"text", "diff"},
    "story.": said("story.", "demo", "cli"),
    "verdict.": {"copy", "named", "suspect", "undetermined"}
    | {"another", "approve", "ask_lift", "confirm", "doubtful", "effective", "failed", "justified", "lift"}
    | {"match", "no_match", "passed", "refuse", "reject", "struck"},
    "why.": {band.name.lower() for band in Band},
    "trace.": {"left_out", "levelled", "places", "rests"},
    "trace.verdict.": {finding.value for finding in Finding},
    "trace.candidate.": {finding.value for finding in Finding},
    "trace.carrier.": {carrier.value for carrier in Carrier},
    "trace.copied.": {"weak"},
    "trace.finding.": {finding.value for finding in Finding},
    "trace.layer.": {layer.value for layer in Layer},
    "trace.said.": {said.value for said in Said},
    "team.": {"presence", "worked", "due", "broken", "untouched", "pending", "live"},
    "team.presence.": {"call", "online", "locked", "off"},
    "tier.": {"U0", "U1", "U2", "U3", "UV"},
    "unfit.": {"away", "full", "interest", "no_agreement", "no_role", "not_in_date", "out_of_reach", "stopped", "until"}
    | {"untrained"},
    "unit.kind.": {"department", "team", "agency"},
    "verify.": {"last_miss", "match", "no_match"},
    "wall.": set(WALL),
}
"""Texts whose key is put together: the beginning, and every end there is."""


def used() -> set[str]:
    """Every key the source asks for, literally or by family."""
    literal = {text for path in spoken() for text in strings(path) if text in OWN}
    return literal | {head + end for head, ends in FAMILIES.items() for end in ends}


def test_every_act_that_is_written_stands_in_the_list_of_acts() -> None:
    assert set(DESK_ACTS) == logged() - set(Action)
    assert list(ACTS) == sorted({*Action, *logged()})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_member_of_every_family_has_a_text(language: str) -> None:
    missing = {head + end for head, ends in FAMILIES.items() for end in ends} - set(KEYS[language])
    assert not missing, sorted(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_literal_key_has_a_text(language: str) -> None:
    asked = {
        text
        for path in spoken()
        for text in strings(path)
        if DOTTED.fullmatch(text) and text.partition(".")[0] in HEADS and not text.endswith(".tcss")
    }
    actions_of_the_app = {text for text in asked if text.startswith("app.") and text != "app.name"}
    refusals = FAMILIES["refusal."]
    assert not asked - actions_of_the_app - refusals - set(KEYS[language])


def test_every_key_put_together_belongs_to_a_family_that_is_tested() -> None:
    unknown = {(head, path.name) for path in spoken() for head in prefixes(path) if head not in FAMILIES}
    assert not {each for each in unknown if each != ("state.", "texts.py")}


def test_both_languages_have_the_same_keys_and_parameters() -> None:
    chinese, english = KEYS["zh_CN"], KEYS["en"]
    assert chinese.keys() == english.keys()
    parameters = re.compile(r"\{(\w+)\}")
    differ = {key for key in chinese if set(parameters.findall(chinese[key])) != set(parameters.findall(english[key]))}
    assert not differ
    assert all(chinese.values())
    assert all(english.values())


def test_no_text_lies_unused() -> None:
    general = {"refusal.unknown", "fault.unknown"}
    unused = set(OWN) - used() - general
    assert not unused


def test_a_compiled_catalogue_names_the_source_it_was_built_from() -> None:
    source = (ROOT / "console" / "locales" / "en.po").read_bytes()
    assert source_digest(source).encode() in compile_po(source)
