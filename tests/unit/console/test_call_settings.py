"""Settings of calls: what is no address, number or name is refused; what prod must not run with is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from console import bootstrap
from console.cli.failure import refusal_of
from console.prod_links import unfit
from console.settings import CallSettings, MessageSettings, Settings, SettingsRefused, dump, load
from console.texts import Texts
from masking.keys import Profile, Waiver
from tests.support.clock import FakeClock
from tests.support.desk import around

LINE = CallSettings(address="127.0.0.1", trunk_host="127.0.0.1", presented="057100000000")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_bytes(dump(Settings(calls=LINE), note="x"))
    assert load(path).calls == LINE


@pytest.mark.parametrize(
    "line",
    [
        'address = "phones.example"',
        'address = "127.0.0.1\\nx"',
        "port = 0",
        'presented = "0571 0000"',
        'trunk_domain = "a b"',
        'username = "a\\"b"',
        "ring_seconds = 61",
        "keep_years = 1",
        "asked_every = 61",
        'password = "in-clear"',
        'trunk_password = "in-clear"',
        'cloud_secret = "in-clear"',
        'cloud_url = "http://www.example.com"',
        'cloud_url = "https://www.example.com/path"',
        'cloud_url = "https://example.com:x"',
        'cloud_ca = "relative.pem"',
        'cloud_pool = "a b"',
        "codecs = []",
        'codecs = ["PCMA", "PCMA"]',
        'codecs = ["G729"]',
        'speech_address = "phones.example"',
        'edge_host = "a;b"',
    ],
)
def test_what_is_none_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(f"[calls]\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsRefused):
        load(path)


@pytest.mark.clause("issue-5", "Y-4.1.1")
def test_prod_signals_beyond_this_machine_only_over_a_tls_edge_whatever_is_declared() -> None:
    assert unfit(Settings()) == ""
    assert unfit(Settings(calls=LINE)) == ""
    for declared in (LINE, replace(LINE, private_link=True, trunk_private_link=True, trunk_srtp=True)):
        for host in ("10.0.0.9", "sip.provider.example", "localhost", ""):
            assert unfit(Settings(calls=replace(declared, trunk_host=host))) == "settings.trunk_host_in_clear"
        assert unfit(Settings(calls=replace(declared, asked_every=0))) == "settings.asked_every_never"
        for address in ("10.0.0.5", "0.0.0.1"):
            assert unfit(Settings(calls=replace(declared, address=address))) == "settings.phones_in_clear"


@pytest.mark.clause("issue-5", "Y-4.1.1")
def test_speech_beyond_this_machine_is_covered_or_declared_each_side_by_itself() -> None:
    away = replace(LINE, speech_address="10.0.0.5")
    assert unfit(Settings(calls=replace(LINE, speech_address="127.0.0.2"))) == ""
    for provider in ({}, {"trunk_srtp": True}, {"trunk_private_link": True}):
        assert unfit(Settings(calls=replace(away, **provider))) == "settings.phones_speech_in_clear"
    declared = replace(away, private_link=True)
    assert unfit(Settings(calls=declared)) == "settings.trunk_speech_in_clear", "the phones' network is not the way out"
    assert unfit(Settings(calls=replace(declared, trunk_srtp=True))) == ""
    assert unfit(Settings(calls=replace(declared, trunk_private_link=True))) == ""


@pytest.mark.clause("issue-5", "S-6-20")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_key_of_an_earlier_desk_is_named_with_its_line_and_what_to_do(tmp_path: Path, language: str) -> None:
    path = tmp_path / "desk.toml"
    written = dump(Settings(calls=replace(LINE, private_link=True)), note="x").decode()
    path.write_text(written.replace("[message]\n", "[message]\nprivate_link = false\n"), encoding="utf-8")
    at = path.read_text("utf-8").splitlines().index("private_link = false") + 1
    with pytest.raises(SettingsRefused) as refused:
        load(path)
    refusal = refusal_of(refused.value)
    assert refusal is not None
    said = Texts(language).refusal(refusal)
    assert "message.private_link" in said
    assert f" {at} " in said
    assert ("删去" if language == "zh_CN" else "Take that line out") in said
    path.write_text(written, encoding="utf-8")
    assert load(path).calls.private_link
    for text, key, line in (('zone = "Asia/Shanghai"\nloud = 1\n', "loud", "2"), ("\n[loud]\nx = 1\n", "loud", "2")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsRefused) as refused:
            load(path)
        assert (refused.value.params["setting"], refused.value.params["line"]) == (key, line)


@pytest.mark.clause("issue-5", "Y-4.1.1")
def test_prod_writes_beyond_this_machine_only_over_tls(tmp_path: Path) -> None:
    smpp = MessageSettings(provider="smpp", smpp_host="127.0.0.1")
    assert unfit(Settings(message=smpp)) == ""
    for host in ("10.0.0.9", "smpp.provider.example", ""):
        assert unfit(Settings(message=replace(smpp, smpp_host=host))) == "settings.smpp_host_in_clear"
    path = tmp_path / "desk.toml"
    path.write_text("[message]\nprivate_link = true\n", encoding="utf-8")
    with pytest.raises(SettingsRefused) as refused:
        load(path)
    assert "private_link" in refused.value.params["why"], "there is no such thing to declare"
    assert refused.value.code == "settings.unknown_key"
    assert (refused.value.params["setting"], refused.value.params["line"]) == ("message.private_link", "2")
    plain = MessageSettings(provider="http", url="http://127.0.0.1:8080/v1")
    assert unfit(Settings(message=plain)) == "settings.message_url_in_clear"
    assert unfit(Settings(message=replace(plain, url="https://www.example.com/v1"))) == ""


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("asked_every_never", "calls.asked_every"),
        ("database_in_clear", "sslmode=verify-full"),
        ("message_url_in_clear", "message.url"),
        ("phones_in_clear", "calls.speech_address"),
        ("phones_speech_in_clear", "calls.private_link = true"),
        ("smpp_host_in_clear", "message.smpp_host"),
        ("trunk_host_in_clear", "calls.trunk_host"),
        ("trunk_speech_in_clear", "calls.trunk_private_link = true"),
        ("broken", "calls.port"),
    ],
)
def test_what_is_refused_is_named_with_what_to_do(language: str, code: str, named: str) -> None:
    fault = SettingsRefused(Path("desk.toml"), "calls.port", code=f"settings.{code}")
    refusal = refusal_of(fault)
    assert refusal is not None
    assert named in Texts(language).refusal(refusal)


@pytest.mark.clause("issue-5")
def test_such_a_prod_desk_does_not_start(tmp_path: Path, clock: FakeClock) -> None:
    waiver = Waiver(persons=("p-1", "p-2"), until=date(2026, 12, 31))
    chosen = Settings(calls=replace(LINE, address="10.0.0.5"))
    home = bootstrap.create(tmp_path / "h", Profile.PROD, chosen=chosen, waiver=waiver, around=around(clock))
    with pytest.raises(SettingsRefused) as refused:
        bootstrap.build(home, around=around(clock))
    assert refused.value.code == "settings.phones_in_clear"


@pytest.mark.clause("C-5.3d")
@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("", True),
        ("sqlite:////srv/desk.db", True),
        ("postgresql+psycopg:///desk", True),
        ("postgresql+psycopg://desk@/desk?host=/run/postgresql", True),
        ("postgresql+psycopg://desk@127.0.0.1:5432/desk", True),
        ("postgresql+psycopg://desk@[::1]:5432/desk", True),
        ("postgresql+psycopg://desk@10.0.0.9/desk", False),
        ("postgresql+psycopg://desk@localhost/desk", False),
        ("postgresql://desk@db.example/desk?sslmode=require", False),
        ("postgresql://desk@db.example/desk?sslmode=verify-full", False),
        ("postgresql://desk@db.example/desk?sslmode=verify-full&ssl_min_protocol_version=TLSv1.2", False),
        ("postgresql://desk@db.example/desk?sslmode=verify-full&ssl_min_protocol_version=TLSv1.3", True),
        (
            "postgresql://desk@db.example/desk?sslmode=disable&sslmode=verify-full&ssl_min_protocol_version=TLSv1.3",
            False,
        ),
        ("postgresql://desk@/desk?host=127.0.0.1&host=10.0.0.9", False),
        ("postgresql://desk@/desk?host=127.0.0.1,10.0.0.9", False),
        ("postgresql://desk@127.0.0.1/desk?hostaddr=10.0.0.9", False),
        ("postgresql://desk@127.0.0.1:1,10.0.0.9:2/desk", False),
        ("postgresql:///desk?service=far", False),
    ],
)
def test_the_database_beyond_this_machine_is_covered(url: str, fits: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    assert (unfit(Settings(database=url)) == "") is fits


def test_a_host_that_the_environment_names_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    near = Settings(database="postgresql://desk@127.0.0.1/desk")
    monkeypatch.setenv("PGHOST", "10.0.0.9")
    assert "database" in unfit(Settings(database="postgresql:///desk"))
    assert unfit(near) == "", "a host that the address names goes before"
    monkeypatch.setenv("PGHOSTADDR", "10.0.0.9")
    assert "database" in unfit(near), "but not before where that host is said to be"
