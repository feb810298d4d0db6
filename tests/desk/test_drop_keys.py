"""Keys that open lenders' drops: two people put one into use; a row written past them opens nothing."""

from __future__ import annotations

import base64
import struct
from typing import Any

import pytest
from sqlalchemy import update

from access.store.base import UnitOfWork
from access.store.schema import drop_key
from console.desk.act import Act
from console.desk.api.drops import AgreeDropKey, DropKeyView, EndDropKey, ListDropKeys, ProposeDropKey
from console.desk.api.imports import ProposeSource, RegisterSource, SourceView
from console.desk.imports import drop_keys
from console.desk.imports.arrivals import CLOCKWORK
from console.desk.line import Line
from masking.gm import Sm2PrivateKey
from tests.support.desk import WholeDesk

pytestmark = pytest.mark.clause("F-3", "issue-2", "issue-4")

SIGNER = Sm2PrivateKey(bytes(31) + b"\x21").public_key.to_pem()


def line(seed: int, kind: str = "ssh-ed25519", size: int = 32) -> str:
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (kind.encode(), bytes([seed]) * size))
    return f"{kind} {base64.b64encode(blob).decode()} comment"


async def lender(desk: WholeDesk, name: str = "甲银行", *, signs: bool = True, registered: bool = True) -> SourceView:
    proposed = await desk.call("lina", ProposeSource(name=name, public_key=SIGNER if signs else ""))
    return await desk.call("wugang", RegisterSource(source_id=proposed.source_id)) if registered else proposed


async def proposed(desk: WholeDesk, source_id: str, seed: int = 1, login: str = "bank-a") -> DropKeyView:
    return await desk.call("lina", ProposeDropKey(source_id=source_id, login=login, line=line(seed)))


def opens(desk: WholeDesk, login: str = "bank-a") -> str | None:
    """Whose key a login stands for."""
    parts = desk.running.parts

    def look(uow: UnitOfWork) -> str | None:
        found = drop_keys.by_login(Act(uow=uow, parts=parts, line=Line(CLOCKWORK)), login)
        return found.key["id"] if found is not None else None

    return parts.store.run(look)


async def test_two_people_put_a_key_into_use_and_either_ends_it(any_desk: WholeDesk) -> None:
    desk = any_desk
    source = await lender(desk)
    asked = await proposed(desk, source.source_id)
    assert (asked.state, asked.mine, asked.source, asked.addresses) == ("proposed", True, "甲银行", ())
    assert opens(desk) is None
    for name in ("lina", "sunli", "zhangwei", "zhenghao", "fengxue", "hejie"):
        assert await desk.refused(name, AgreeDropKey(key_id=asked.key_id)), name
    assert (await desk.call("wugang", AgreeDropKey(key_id=asked.key_id))).state == "active"
    assert opens(desk) == asked.key_id
    assert await desk.refused("wugang", AgreeDropKey(key_id=asked.key_id)) == "drop_key.not_proposed"
    second = await proposed(desk, source.source_id, 2)
    assert opens(desk) == asked.key_id, "until the second person agrees"
    await desk.call("wugang", AgreeDropKey(key_id=second.key_id))
    assert opens(desk) == second.key_id
    assert [one.key_id for one in (await desk.call("lina", ListDropKeys())).keys] == [second.key_id]
    assert (await desk.call("sunli", ListDropKeys())).keys == ()
    assert await desk.refused("sunli", EndDropKey(key_id=second.key_id))
    await desk.call("lina", EndDropKey(key_id=second.key_id))
    assert opens(desk) is None
    assert await desk.refused("wugang", EndDropKey(key_id=second.key_id)) == "source.not_found"


async def test_what_cannot_be_a_lenders_key(desk: WholeDesk) -> None:
    source = await lender(desk)
    other = await lender(desk, "Bank B")
    unsigned = await lender(desk, "Bank C", signs=False)
    waiting = await lender(desk, "Bank D", registered=False)
    local = line(7, "veildesk-sm2", 64)

    async def why(source_id: str = source.source_id, login: str = "bank-a", text: str = "", **more: Any) -> str:
        return await desk.refused(
            "lina", ProposeDropKey(source_id=source_id, login=login, line=text or line(1), **more)
        )

    for login in ("", "a", "Bank", "bank a", "bank+drop", "-bank", "bank-", "b" * 40, "1bank", "银行"):
        assert await why(login=login) == "drop_key.login", login
    assert await why(unsigned.source_id) == "import.source_unsigned"
    assert await why("0" * 32) != ""
    assert await why(text="ssh-rsa AAAA") == "ssh_key.kind"
    assert await why(text=local) in {"ssh_key.kind", "ssh_key.unfit"}
    for network in ("anywhere", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0 10.1.0.0"):
        assert await why(addresses=(network,)) == "drop_key.addresses", network
    assert await why(addresses=("10.0.0.0/8",) * 9) == "drop_key.addresses"
    await proposed(desk, source.source_id)
    assert await why(other.source_id, login="bank-b") == "drop_key.taken", "the key"
    assert await why(other.source_id, text=line(2)) == "drop_key.taken", "the login"
    early = await desk.call("lina", ProposeDropKey(source_id=waiting.source_id, login="bank-d", line=line(4)))
    assert await desk.refused("wugang", AgreeDropKey(key_id=early.key_id)) == "import.source_unsigned"


@pytest.mark.clause("design-4")
async def test_a_row_written_into_the_database_opens_nothing(any_desk: WholeDesk) -> None:
    desk = any_desk
    source = await lender(desk)
    asked = await proposed(desk, source.source_id)
    await desk.call("wugang", AgreeDropKey(key_id=asked.key_id))
    waiting = await proposed(desk, source.source_id, 2)
    changes: tuple[tuple[str, dict[str, Any]], ...] = (
        (waiting.key_id, {"state": "active"}),
        (asked.key_id, {"addresses": "0.0.0.0/0"}),
        (asked.key_id, {"login": "bank-z"}),
    )
    for key_id, values in changes:
        with desk.running.parts.store.engine.begin() as connection:
            connection.execute(update(drop_key).where(drop_key.c.id == key_id).values(**values))
    assert opens(desk) is None
    assert opens(desk, "bank-z") is None


@pytest.mark.parametrize(
    ("networks", "address", "inside"),
    [
        ("", "192.0.2.1", True),
        ("", "-", True),
        ("192.0.2.0/24", "192.0.2.1", True),
        ("192.0.2.0/24", "::ffff:192.0.2.1", True),
        ("192.0.2.0/24", "192.0.3.1", False),
        ("192.0.2.0/24", "-", False),
        ("192.0.2.0/24 2001:db8::/32", "2001:db8::1", True),
        ("192.0.2.0/24", "2001:db8::1", False),
    ],
)
def test_where_a_key_may_be_used(networks: str, address: str, *, inside: bool) -> None:
    assert drop_keys.comes_from({"addresses": networks}, address) is inside
