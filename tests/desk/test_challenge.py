"""Three factors at the desk's own machine: what is signed is this machine's, this line's and the moment's, once."""

from __future__ import annotations

import base64
import datetime as dt
import os
import socket
import struct
import subprocess
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from access.audit.events import DetailKey
from access.context import SECOND
from access.people import factors, local_keys, possession, public_keys, totp
from access.people.deed import Hand
from access.people.lockout import forget_failures
from access.store.base import UnitOfWork
from access.store.schema import factor
from console import own_keys
from console.desk.api.base import DeskError
from console.desk.api.challenge import AskChallenge, Challenge, SignInWithKey
from console.desk.api.possession import AgreeKey, DropKey, ListKeys, ProposeKey
from console.desk.api.session import IssueTicket, Resume, SignIn
from console.desk.host import EmbeddedDesk
from masking.errors import KeyMaterialRefused
from masking.gm import Sm2PrivateKey, Sm2PublicKey, key_file
from masking.keys import Profile
from tests.support.desk import WholeDesk

pytestmark = pytest.mark.clause("Y-4.2.2", "issue-4")

PASSWORD = "correct horse battery staple 47"
SEED = totp.new_seed()
KEY = Sm2PrivateKey(bytes(31) + b"\x31")
OTHER = Sm2PrivateKey(bytes(31) + b"\x32")


def public(key: Sm2PrivateKey) -> str:
    """As `own-key show` prints it."""
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (local_keys.SM2.encode(), key.public_key.raw))
    return f"{local_keys.SM2} {base64.b64encode(blob).decode()}"


async def enrolled(desk: WholeDesk, login: str = "zhangwei", key: Sm2PrivateKey = KEY, days: int = 9) -> str:
    """Password, code and key of a person, the key by two others; the factor's id."""
    parts, person_id = desk.running.parts, desk.founded.persons[login]

    def act(uow: UnitOfWork) -> None:
        hand = Hand(uow, parts.proofs)
        factors.set_password(hand, person_id, parts.hasher.hash(PASSWORD))
        factors.set_totp(hand, person_id, parts.keys.factor, SEED)

    parts.store.run(act)
    today = dt.datetime.fromtimestamp(desk.clock.now_us() / SECOND, dt.UTC).date()
    until = str(today + dt.timedelta(days=days))
    asked = await desk.call("zhenghao", ProposeKey(person_id=person_id, line=public(key), until=until))
    assert not asked.token
    await desk.call("wugang", AgreeKey(factor_id=asked.factor_id))
    return asked.factor_id


def text(desk: WholeDesk, given: Challenge, login: str = "zhangwei", **more: str) -> bytes:
    """What this machine's client signs, or a forger instead."""
    home = desk.running.home.root
    said = {"host": socket.gethostname(), "home": os.path.realpath(home), "line": given.line, "purpose": given.purpose}
    return local_keys.challenge(**{**said, "login": login, "nonce": given.nonce, **more}, at=given.at)


async def tried(
    desk: WholeDesk,
    line: EmbeddedDesk,
    signature: bytes,
    *,
    login: str = "zhangwei",
    password: str = PASSWORD,
    code: str | None = None,
) -> str:
    """Why nobody was let in; empty where somebody was. Everybody has a fresh code afterwards."""
    now = totp.code_at(SEED, totp.step_of(desk.clock.now_us()))
    call = SignInWithKey(login=login, password=password, code=now if code is None else code, signature=signature.hex())
    try:
        await line.call(call)
    except DeskError as refused:
        code = refused.code
    else:
        return ""
    finally:
        desk.clock.advance(30)
    assert code == "signin.refused"
    event = [one for one in desk.events() if one.action == "account:session:sign_in"][-1]
    return dict(event.detail)[DetailKey.CODE]


def as_prod(desk: WholeDesk, monkeypatch: pytest.MonkeyPatch, profile: Profile = Profile.PROD) -> None:
    """The desk as if it were production, once its people are enrolled."""
    monkeypatch.setattr(desk.running.parts.keys, "profile", profile)


async def test_three_factors_at_this_machine_open_a_prod_desk(
    any_desk: WholeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = any_desk
    await enrolled(desk)
    as_prod(desk, monkeypatch)
    line = desk.running.line("pts/1")
    given = await line.call(AskChallenge(purpose="sign_in"))
    assert await tried(desk, line, KEY.sign(text(desk, given))) == ""
    event = [one for one in desk.events() if one.action == "account:session:sign_in"][-1]
    assert (event.result, event.source) == ("ok", "local")
    assert dict(event.detail)[DetailKey.FACTOR] == "local_key+password+totp"
    ticket = await line.call(IssueTicket())
    me = await desk.running.line("pts/2").call(Resume(ticket=ticket.ticket))
    assert me.staff_no == "A0173"
    as_prod(desk, monkeypatch, Profile.DEMO)
    keys = (await desk.call("wugang", ListKeys())).keys
    assert [(key.kind, key.token) for key in keys] == [(local_keys.SM2, False)]


async def test_two_of_three_are_refused_and_all_are_answered_alike(
    desk: WholeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enrolled(desk)
    await enrolled(desk, "wangfang", OTHER)
    as_prod(desk, monkeypatch)
    line = desk.running.line("pts/1")

    async def signed(key: Sm2PrivateKey = KEY, **more: str) -> bytes:
        return key.sign(text(desk, await line.call(AskChallenge(purpose="sign_in")), **more))

    async def after(signature: bytes, **more: str) -> str:
        code = await tried(desk, line, signature, **more)
        parts = desk.running.parts
        parts.store.run(lambda uow: forget_failures(uow, "zhangwei"))
        return code

    assert await after(await signed(), password="correct horse battery staple 48") == "signin.password"
    assert await after(await signed(), code="000000") == "signin.totp"
    assert await after(await signed(OTHER)) == "signin.local_key", "a colleague's"
    assert await after(b"") == "signin.local_key"
    for name, forged in (("host", "elsewhere"), ("home", "/other"), ("line", "9/pts/9"), ("purpose", "step_up")):
        assert await after(await signed(KEY, **{name: forged})) == "signin.local_key", name
    assert await after(await signed(login="wangfang")) == "signin.local_key"
    assert await after(await signed(nonce="0" * 64)) == "signin.local_key"
    with pytest.raises(DeskError) as refused:
        await line.call(SignIn(login="zhangwei", password=PASSWORD, code="000000"))
    assert refused.value.code == "session.third_factor_missing"
    with pytest.raises(DeskError):
        await line.call(AskChallenge(purpose="anything"))
    assert await after(await signed()) == ""


async def test_a_challenge_is_answered_once_in_time_and_on_its_line(
    desk: WholeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enrolled(desk)
    as_prod(desk, monkeypatch)
    first, second = desk.running.line("pts/1"), desk.running.line("pts/1")
    given = await first.call(AskChallenge(purpose="sign_in"))
    signature = KEY.sign(text(desk, given))
    assert await tried(desk, second, signature) == "signin.local_key", "another line"
    assert await tried(desk, first, signature) == ""
    assert await tried(desk, first, signature) == "signin.local_key", "a second time"
    given = await first.call(AskChallenge(purpose="sign_in"))
    assert await tried(desk, first, KEY.sign(text(desk, given)), code="000000") == "signin.totp"
    assert await tried(desk, first, KEY.sign(text(desk, given))) == "signin.local_key", "spent by the wrong code"
    given = await first.call(AskChallenge(purpose="sign_in"))
    desk.clock.advance(121)
    assert await tried(desk, first, KEY.sign(text(desk, given))) == "signin.local_key", "too late"


async def test_a_key_file_counts_until_its_day_and_while_it_is_in_use(
    desk: WholeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enrolled(desk, days=1)
    factor_id = await enrolled(desk, "wangfang", OTHER)
    as_prod(desk, monkeypatch)
    line = desk.running.line("pts/1")

    async def now(login: str, key: Sm2PrivateKey) -> str:
        given = await line.call(AskChallenge(purpose="sign_in"))
        return await tried(desk, line, key.sign(text(desk, given, login)), login=login)

    assert await now("wangfang", OTHER) == ""
    assert await now("zhangwei", KEY) == ""
    as_prod(desk, monkeypatch, Profile.DEMO)
    await desk.call("wugang", DropKey(factor_id=factor_id))
    as_prod(desk, monkeypatch)
    assert await now("wangfang", OTHER) == "signin.local_key"
    desk.clock.advance(2 * 86_400)
    assert await now("zhangwei", KEY) == "signin.local_key"


@pytest.mark.clause("design-4")
async def test_a_local_key_is_no_ssh_key_and_one_written_past_the_desk_is_none(any_desk: WholeDesk) -> None:
    desk = any_desk
    factor_id = await enrolled(desk)
    parts, person_id = desk.running.parts, desk.founded.persons["zhangwei"]
    blob = public_keys.parse(public(KEY)).blob

    def ssh(uow: UnitOfWork) -> bool:
        return possession.signed_by(uow, parts.proofs, person_id, blob, only_tokens=False)

    def answered(key: Sm2PrivateKey) -> bool:
        return parts.store.run(
            lambda uow: possession.answered_by(uow, parts.proofs, person_id, b"m", key.sign(b"m"), only_tokens=False)
        )

    assert not parts.store.run(ssh)
    assert answered(KEY)
    assert not answered(OTHER)
    persons = desk.founded.persons
    forged = msgspec.msgpack.encode((public_keys.parse(public(OTHER)).blob, 0, persons["lina"], persons["wugang"]))
    with parts.store.engine.begin() as connection:
        connection.execute(update(factor).where(factor.c.id == factor_id).values(secret=forged))
    assert not answered(OTHER)
    assert not answered(KEY)


def test_a_key_file_is_what_openssl_reads_and_writes(tmp_path: Path) -> None:
    path = tmp_path / "own.pem"
    line = own_keys.make_file(path, "a long passphrase 1")
    assert path.stat().st_mode & 0o777 == 0o600
    with own_keys.opened(str(path), "a long passphrase 1") as signer:
        assert signer.line == line
        key = public_keys.parse(line)
        assert local_keys.verify(key.kind, key.blob[-64:], signer.sign(b"m"), b"m")
        assert not local_keys.verify(key.kind, key.blob[-64:], signer.sign(b"m"), b"n")
    order = ["openssl", "pkey", "-in", str(path), "-passin", "pass:a long passphrase 1", "-pubout"]
    said = subprocess.run(order, capture_output=True, check=True).stdout
    assert Sm2PublicKey.from_pem(said).raw == key.blob[-64:]
    theirs = tmp_path / "theirs.pem"
    made = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-aes-256-cbc"]
    subprocess.run([*made, "-pass", "pass:another one 22", "-out", str(theirs)], check=True, capture_output=True)
    with own_keys.opened(str(theirs), "another one 22") as signer:
        assert signer.line.startswith("veildesk-sm2 ")
    for where, secret, code in (
        (str(path), "a long passphrase 2", "own_key.passphrase"),
        (str(tmp_path / "none"), "x", "own_key.file"),
        ("pkcs11:token=desk", "x", "own_key.uri"),
    ):
        with pytest.raises(DeskError) as refused, own_keys.opened(where, secret):
            pass
        assert refused.value.code == code
    for code, secret in (("own_key.exists", "a long passphrase 1"), ("own_key.short", "short")):
        with pytest.raises(DeskError) as refused:
            own_keys.make_file(path, secret)
        assert refused.value.code == code


with pytest.MonkeyPatch.context() as patch:
    patch.setattr(key_file, "_ROUNDS", 1000)
    SEALED = key_file.seal(KEY, "a long passphrase 1")


@settings(max_examples=50)
@given(st.integers(min_value=30, max_value=len(SEALED) - 30), st.sampled_from("ABCxyz019+/"))
def test_a_changed_key_file_is_refused_or_the_same_key(place: int, mark: str) -> None:
    changed = SEALED[:place] + mark + SEALED[place + 1 :]
    try:
        assert key_file.open_sealed(changed, "a long passphrase 1").public_key == KEY.public_key
    except KeyMaterialRefused:
        assert changed != SEALED
