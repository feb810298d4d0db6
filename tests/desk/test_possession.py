"""Keys that people possess: two admins put one into use, neither their own; a row written past them is none."""

from __future__ import annotations

import base64
import datetime as dt
import struct
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from access.context import SECOND
from access.people import possession, totp
from access.people.public_keys import KeyRefused, parse
from access.store.schema import factor
from console.desk.api.base import DeskError
from console.desk.api.possession import AgreeKey, DropKey, KeyView, ListKeys, ProposeKey
from console.desk.api.session import SignIn, StepUp
from console.desk.api.staff import ConfirmSignUp, InvitePerson, SignUp
from masking.keys import Profile
from tests.support.desk import WholeDesk

pytestmark = pytest.mark.clause("Y-4.2.2", "issue-4")


def blob(kind: str, *parts: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(part)) + part for part in (kind.encode(), *parts))


def line(kind: str, *parts: bytes, comment: str = "somebody@somewhere") -> str:
    return f"{kind} {base64.b64encode(blob(kind, *parts)).decode()} {comment}"


PLAIN = line("ssh-ed25519", b"\1" * 32)
TOKEN = line("sk-ssh-ed25519@openssh.com", b"\2" * 32, b"ssh:")


async def named(desk: WholeDesk, text: str = TOKEN, login: str = "zhangwei", until: str = "") -> KeyView:
    return await desk.call("zhenghao", ProposeKey(person_id=desk.founded.persons[login], line=text, until=until))


def counts(desk: WholeDesk, text: str, login: str = "zhangwei", *, only_tokens: bool = False) -> bool:
    parts, person_id = desk.running.parts, desk.founded.persons[login]
    key = parse(text).blob
    return parts.store.run(lambda uow: possession.signed_by(uow, parts.proofs, person_id, key, only_tokens=only_tokens))


async def test_two_admins_put_a_key_into_use_and_either_ends_it(any_desk: WholeDesk) -> None:
    desk = any_desk
    asked = await named(desk)
    assert (asked.state, asked.token, asked.asked_by, asked.mine) == ("pending", True, "E0001", True)
    assert asked.fingerprint == parse(TOKEN).fingerprint
    assert not counts(desk, TOKEN)
    agreed = await desk.call("wugang", AgreeKey(factor_id=asked.factor_id))
    assert agreed.state == "active"
    assert counts(desk, TOKEN, only_tokens=True)
    assert not counts(desk, TOKEN, "wangfang")
    assert not counts(desk, PLAIN)
    assert [key.factor_id for key in (await desk.call("fengxue", ListKeys())).keys] == [asked.factor_id]
    await desk.call("wugang", DropKey(factor_id=asked.factor_id))
    assert not counts(desk, TOKEN)
    assert (await desk.call("wugang", ListKeys())).keys == ()
    acts = [event for event in desk.events() if ("factor", possession.SSH_KEY) in [tuple(one) for one in event.detail]]
    assert [event.action for event in acts] == ["account:factor:set", "account:factor:set", "account:factor:retire"]


async def test_nobody_does_both_nor_for_themselves_nor_without_the_role(desk: WholeDesk) -> None:
    asked = await named(desk)
    assert await desk.refused("zhenghao", AgreeKey(factor_id=asked.factor_id)) != ""
    for name in ("lina", "zhangwei", "fengxue", "hejie"):
        assert await desk.refused(name, AgreeKey(factor_id=asked.factor_id)) != ""
        own = ProposeKey(person_id=desk.founded.persons[name], line=PLAIN)
        assert await desk.refused(name, own) != ""
    mine = ProposeKey(person_id=desk.founded.persons["zhenghao"], line=PLAIN)
    assert await desk.refused("zhenghao", mine) != ""
    assert not counts(desk, TOKEN)
    his = await named(desk, PLAIN, "wugang")
    assert await desk.refused("wugang", AgreeKey(factor_id=his.factor_id)) != "", "not to one's own"


async def test_a_new_key_takes_the_place_of_the_old_and_nobodys_key_is_somebody_elses(desk: WholeDesk) -> None:
    first = await named(desk)
    await desk.call("wugang", AgreeKey(factor_id=first.factor_id))
    assert await desk.refused("zhenghao", ProposeKey(person_id=desk.founded.persons["lina"], line=TOKEN)) == (
        "ssh_key.taken"
    )
    second = await named(desk, PLAIN)
    assert counts(desk, TOKEN), "until the second person agrees, the first key is in use"
    await desk.call("wugang", AgreeKey(factor_id=second.factor_id))
    assert counts(desk, PLAIN)
    assert not counts(desk, TOKEN)
    assert await desk.refused("wugang", AgreeKey(factor_id=second.factor_id)) == "ssh_key.settled"
    assert await desk.refused("wugang", AgreeKey(factor_id=first.factor_id)) != ""


async def test_in_prod_a_plain_key_needs_a_day_and_ends_with_it(
    desk: WholeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.line("zhenghao")
    await desk.line("wugang")
    monkeypatch.setattr(desk.running.parts.keys, "profile", Profile.PROD)
    today = dt.datetime.fromtimestamp(desk.clock.now_us() / SECOND, dt.UTC).date()
    person_id = desk.founded.persons["zhangwei"]
    for until, code in (
        ("", "ssh_key.waiver_needed"),
        ("soon", "ssh_key.date"),
        (str(today - dt.timedelta(days=1)), "ssh_key.date"),
        (str(today + dt.timedelta(days=91)), "ssh_key.date"),
    ):
        wanted = ProposeKey(person_id=person_id, line=PLAIN, until=until)
        assert await desk.refused("zhenghao", wanted) == code
    asked = await named(desk, PLAIN, until=str(today + dt.timedelta(days=2)))
    with monkeypatch.context() as elsewhere:
        # The people of this desk have no codes to prove themselves with.
        elsewhere.setattr(desk.running.parts.keys, "profile", Profile.DEMO)
        await desk.call("wugang", AgreeKey(factor_id=asked.factor_id))
    assert counts(desk, PLAIN, only_tokens=True)
    again = await named(desk, PLAIN, until=str(today + dt.timedelta(days=5)))
    desk.clock.advance(3 * 86_400)
    assert not counts(desk, PLAIN, only_tokens=True), "one person alone lengthens nothing"
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(desk.running.parts.keys, "profile", Profile.DEMO)
        await desk.call("wugang", AgreeKey(factor_id=again.factor_id))
    assert counts(desk, PLAIN, only_tokens=True), "two people set another day for the same key"
    desk.clock.advance(3 * 86_400)
    assert not counts(desk, PLAIN, only_tokens=True)
    assert counts(desk, PLAIN), "elsewhere it goes on"


async def test_in_prod_an_invited_person_sets_up_two_factors_and_is_not_let_in_by_them(
    desk: WholeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.call("zhenghao", StepUp(code=""))
    monkeypatch.setattr(desk.running.parts.keys, "profile", Profile.PROD)
    invited = await desk.call("zhenghao", InvitePerson(person_id=desk.founded.persons["zhangwei"]))
    line = desk.running.line("pts/1")
    password = "correct horse battery staple 47"
    begun = await line.call(SignUp(login="zhangwei", invitation=invited.code, password=password))
    code = totp.code_at(begun.seed, totp.step_of(desk.clock.now_us()))
    await line.call(ConfirmSignUp(login="zhangwei", invitation=invited.code, code=code))
    desk.clock.advance(30)
    code = totp.code_at(begun.seed, totp.step_of(desk.clock.now_us()))
    with pytest.raises(DeskError) as refused:
        await line.call(SignIn(login="zhangwei", password=password, code=code))
    assert refused.value.code == "session.third_factor_missing"


@pytest.mark.clause("design-4")
async def test_a_key_written_into_the_database_is_no_key(any_desk: WholeDesk) -> None:
    asked = await named(any_desk)
    await any_desk.call("wugang", AgreeKey(factor_id=asked.factor_id))
    forged = msgspec.msgpack.encode((parse(PLAIN).blob, 0, any_desk.founded.persons["lina"], "x" * 32))
    with any_desk.running.parts.store.engine.begin() as connection:
        connection.execute(update(factor).where(factor.c.id == asked.factor_id).values(secret=forged))
    assert not counts(any_desk, PLAIN)
    assert not counts(any_desk, TOKEN)


async def test_whoever_leaves_or_is_reset_has_no_key(desk: WholeDesk) -> None:
    from access.people import factors  # noqa: PLC0415 - only here
    from access.people.deed import Hand  # noqa: PLC0415 - only here

    asked = await named(desk)
    await desk.call("wugang", AgreeKey(factor_id=asked.factor_id))
    parts = desk.running.parts
    parts.store.run(lambda uow: factors.retire(Hand(uow, parts.proofs), desk.founded.persons["zhangwei"]))
    assert not counts(desk, TOKEN)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "ssh_key.unfit"),
        ("ssh-ed25519", "ssh_key.unfit"),
        ("ssh-ed25519 !!!!", "ssh_key.unfit"),
        ("ssh-rsa AAAA", "ssh_key.kind"),
        (line("ssh-ed25519", b"\1" * 31), "ssh_key.unfit"),
        (line("ssh-ed25519", b"\1" * 32, b"more"), "ssh_key.unfit"),
        ("ssh-ed25519 " + TOKEN.split()[1], "ssh_key.unfit"),
        (line("sk-ssh-ed25519@openssh.com", b"\1" * 32), "ssh_key.unfit"),
        ("ssh-ed25519 " + "A" * 2000, "ssh_key.unfit"),
    ],
)
def test_what_is_no_key_is_refused(text: str, code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        parse(text)
    assert refused.value.code == code


@given(st.text(max_size=200) | st.binary(max_size=90).map(lambda raw: "ssh-ed25519 " + base64.b64encode(raw).decode()))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    try:
        key: Any = parse(text)
    except KeyRefused:
        return
    assert key.fingerprint.startswith("SHA256:")
