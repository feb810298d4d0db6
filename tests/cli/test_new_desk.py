"""From `veildesk init` to an agent's masked case, by commands alone: accounts, factors, roles, a lender, a file."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from access.context import SECOND
from access.people import totp
from console import bootstrap
from console.cli import seat
from console.cli.exits import Exit
from tests.cli.conftest import Run
from tests.support.clock import FakeClock
from tests.support.desk import around, lender_file

THREE = ("--system-admin", "hao:郑浩", "--security-admin", "gang:吴刚", "--auditor", "xue:冯雪")
PASSWORD = "plum-7-bridges-at-noon"


@dataclass
class Office:
    """People at their own terminals: each keeps their own ticket, and types factors when a command asks for them."""

    run: Run
    root: Path
    patch: pytest.MonkeyPatch
    folder: Path
    clock: FakeClock
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    who: str = ""

    def at(self, name: str) -> None:
        """Sit at this person's terminal."""
        self.who = name
        runtime = self.folder / f"run-{name}"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.patch.setenv("XDG_RUNTIME_DIR", str(runtime))

    def type(self, *lines: str) -> None:
        """What the next prompts are answered with."""
        self.typed = list(lines)

    def ask(self, name: str, *arguments: str) -> Any:
        """One command as this person; its JSON."""
        self.at(name)
        code, out, err = self.run("--home", str(self.root), "--as", name, "--json", *arguments)
        assert code == Exit.DONE, (name, arguments, out, err)
        return json.loads(out)

    def refused(self, name: str, *arguments: str) -> str:
        """One command as this person that is refused; what it says."""
        self.at(name)
        code, _, err = self.run("--home", str(self.root), "--as", name, "--language", "en", *arguments)
        assert code == Exit.REFUSED
        return err

    def code(self, seed: str) -> str:
        """A one-time code that was not shown before."""
        self.clock.advance(31)
        return totp.code_at(seed, totp.step_of(self.clock.now_us()))

    def prompted(self, prompt: str = "") -> str:
        """What the person at the terminal types."""
        password, seed = self.secrets[self.who]
        return password if "assword" in prompt or "密码" in prompt else self.code(seed)

    def hire(self, login: str, name: str, number: str, unit: str) -> None:
        """Account, agreement, induction, invitation, and the newcomer's own first factors."""
        today = dt.datetime.fromtimestamp(self.clock.now_us() / SECOND, dt.UTC).date() - dt.timedelta(days=1)
        self.ask("hao", "users", "add", login, name, number, "--unit", unit)
        self.ask("hao", "users", "agreement", login, "--signed", today.isoformat())
        course = ("--kind", "induction", "--on", today.isoformat(), "--minutes", "240", "--content", "induction")
        self.ask("hao", "users", "train", login, *course)
        invitation = self.ask("hao", "users", "invite", login)["code"]
        self.at(login)
        seeds: list[str] = []

        def answer(prompt: str) -> str:
            del prompt
            return self.typed.pop(0) if self.typed else self.code(seeds[0])

        self.type(invitation, PASSWORD)
        typing, original = seat.read_secret, totp.qr_rows
        self.patch.setattr(seat, "read_secret", answer)

        def shown(uri: str) -> Any:
            seeds.append(re.findall(r"secret=([A-Z2-7]+)", uri)[0])
            return original(uri)

        self.patch.setattr(totp, "qr_rows", shown)
        code, _, err = self.run("--home", str(self.root), "users", "sign-up", login)
        self.patch.setattr(totp, "qr_rows", original)
        self.patch.setattr(seat, "read_secret", typing)
        assert code == Exit.DONE, err
        self.secrets[login] = (PASSWORD, seeds[0])

    def pass_on(self, number: str, *names: str) -> dict[str, Any]:
        """Each takes the step whose turn it is."""
        view: dict[str, Any] = {}
        for name in names:
            view = self.ask(name, "roles", "approve", number)
        return view


@pytest.fixture
def office(tmp_path: Path, veildesk: Run, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A desk as `init` made it, and its three admins."""
    root, clock = tmp_path / "h", FakeClock()
    monkeypatch.setattr(bootstrap, "ambient", lambda: around(clock))
    code, out, err = veildesk("init", "--home", str(root), *THREE, "--language", "zh_CN", "--json")
    assert code == Exit.DONE, err
    office = Office(veildesk, root, monkeypatch, tmp_path, clock)
    for one in json.loads(out):
        office.secrets[one["admin"]["login"]] = (one["password"], one["seed"])
    monkeypatch.setattr(getpass, "getpass", office.prompted)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    return office


@pytest.mark.slow
@pytest.mark.clause("S-3.3-7", "issue-3", "design-5")
def test_from_init_to_an_agents_masked_case_by_commands(office: Office, tmp_path: Path) -> None:
    house = office.ask("hao", "roles", "units")["units"][0]["name"]
    assert office.ask("hao", "roles", "applications")["lacking"] == ["supervisor", "head", "compliance"]
    office.hire("li", "李娜", "S0001", house)
    office.hire("he", "何洁", "C0001", house)

    view = office.ask("hao", "roles", "apply", "supervisor", "--for", "li", "--head", "--words", "首任负责人")
    assert (view["bootstrap"], view["next"], view["next_by"]) == (True, "approve", ["吴刚"])
    what = office.ask("gang", "roles", "what-if", view["number"])
    assert {
        "action": "reveal:request:approve",
        "mode": "checker",
        "role": "supervisor",
        "scope": "team",
    }.items() <= next(one for one in what["acts"] if one["action"] == "reveal:request:approve").items()
    assert office.pass_on(view["number"], "gang", "xue")["standing"] == "active"
    view = office.ask("hao", "roles", "apply", "compliance", "--for", "he")
    assert office.pass_on(view["number"], "gang", "xue")["standing"] == "active"
    assert office.ask("hao", "roles", "applications")["lacking"] == []

    office.ask("hao", "roles", "units", "--make", "一组")
    office.hire("zhao", "赵强", "S0002", "一组")
    office.hire("zhang", "张伟", "A0001", "一组")
    view = office.ask("zhang", "roles", "apply", "agent", "--days", "180")
    assert office.refused("zhang", "roles", "approve", view["number"])
    assert office.pass_on(view["number"], "li", "hao", "gang", "he")["standing"] == "active"
    view = office.ask("hao", "roles", "apply", "supervisor", "--for", "zhao", "--unit", "一组", "--head")
    assert office.pass_on(view["number"], "li", "hao", "gang", "he")["standing"] == "active"

    office.ask("zhao", "sources", "propose", "甲消金")
    office.ask("gang", "sources", "register", "甲消金")
    office.at("zhao")
    file = lender_file(tmp_path / "cases.csv")
    office.ask("zhao", "import", str(file), "--source", "甲消金")
    office.ask("zhao", "cases", "assign", "--to", "zhang", "--count", "3")
    rows = office.ask("zhang", "cases", "list")["rows"]
    assert [row["name"] for row in rows] == ["李*", "欧阳*", "王*"]
    case = office.ask("zhang", "cases", "open", rows[0]["number"])
    assert "13700137000" not in json.dumps(case)
    held = office.ask("xue", "roles", "held")["items"]
    assert {one["person"]: one["bootstrap"] for one in held} == {
        "郑浩": False, "吴刚": False, "冯雪": False, "李娜": True, "何洁": True, "张伟": False, "赵强": False,
    }  # fmt: skip
