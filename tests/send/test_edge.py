"""The TLS edge of messages as it is documented: they pass it encrypted to a provider that proved its name, or stay."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from console.send.messages import Answer, Fate, LineMoved, Reported
from tests.send.conftest import NUMBER, Post, smpp
from tests.support.edge import Authority
from tests.support.sip import until
from tests.support.smpp_edge import NAME, SmppEdge
from tests.support.smsc import Smsc

pytestmark = [
    pytest.mark.debian("stunnel4"),
    pytest.mark.clause("issue-5", "Y-4.1.1"),
    pytest.mark.slow,
]

TEXT = "【示例银行】您好，截至2026-12-01您名下账单应还CNY 1,200.50，谢谢。"
SECRET = "of-whom?"
NEEDLES = {
    NUMBER.encode(),
    NUMBER[-8:].encode(),
    NUMBER[:7].encode(),
    NUMBER.encode().hex().encode(),
    NUMBER.encode("utf-16-be"),
    TEXT.encode("utf-16-be")[:40],
    SECRET.encode(),
    b"desk\0",
    b"10690000",
}


WHY = {
    "another authority": "certificate signature failure",
    "another name": "Subject checks failed",
    "ended": "certificate has expired",
    "TLS 1.2": "SSL_connect",
    "no TLS": "wrong version number",
}
"""What of each the edge writes into its log."""


def hits(packets: list[bytes]) -> set[bytes]:
    return {needle for needle in NEEDLES for packet in packets if needle in packet}


class Over:
    """Certificates and, once opened, the edge before a provider."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.theirs = folder, Authority()
        self.theirs.write(folder, "provider", NAME)
        (folder / "provider-ca.pem").write_bytes(self.theirs.pem)
        self.edge: SmppEdge | None = None

    async def open(self, smsc: Smsc, newest: ssl.TLSVersion | None = ssl.TLSVersion.TLSv1_3) -> SmppEdge:
        self.edge = SmppEdge(self.folder)
        return await self.edge.open(smsc.port, newest)


@pytest_asyncio.fixture
async def over(tmp_path: Path) -> AsyncIterator[Over]:
    made = Over(tmp_path / "edge")
    try:
        yield made
    finally:
        if made.edge is not None:
            await made.edge.close()


async def test_a_message_and_its_report_pass_and_whoever_listens_learns_nothing(
    post: Post, smsc: Smsc, over: Over
) -> None:
    edge = await over.open(smsc)
    await post.by(smsc, port=edge.port, secret=SECRET)
    (answer,) = await post.answers(post.send(post.order(TEXT, reference=700)))
    assert answer.answer is Answer.ACCEPTED
    assert await smsc.report("ID-1", reference=700)
    await until(lambda: post.said(Reported))
    assert post.said(Reported)[0].fate is Fate.DELIVERED
    assert smsc.texts == [TEXT]
    assert smsc.came[0].destination_addr == "86" + NUMBER
    # The same hunt finds number, words, name and password behind the provider's own TLS.
    assert hits([bytes(edge.front.plain)]) >= {NUMBER.encode(), TEXT.encode("utf-16-be")[:40], SECRET.encode()}
    assert hits([*edge.passed, edge.log.read_bytes()]) == set()
    assert all(one.startswith(b"\x16\x03") for one in edge.passed)


@pytest.mark.parametrize("wrong", WHY)
async def test_a_provider_that_proves_nothing_is_told_nothing(post: Post, smsc: Smsc, over: Over, wrong: str) -> None:
    if wrong == "another authority":
        Authority().write(over.folder, "provider", NAME)
    elif wrong == "another name":
        over.theirs.write(over.folder, "provider", "somebody.else.test")
    elif wrong == "ended":
        over.theirs.write(over.folder, "provider", NAME, days=-1)
    newest = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "no TLS": None}.get(wrong, ssl.TLSVersion.TLSv1_3)
    edge = await over.open(smsc, newest)
    post.sender.use(smpp(smsc, port=edge.port, secret=SECRET, answer_seconds=1.0))
    await until(lambda: post.said(LineMoved), "told")
    assert post.said(LineMoved)[-1] == LineMoved(up=False, why="away")
    (answer,) = await post.answers(post.send(post.order(TEXT)))
    assert answer.answer is Answer.UNSENT
    await until(lambda: edge.tap.out, "it was tried")
    assert smsc.bound == []
    assert smsc.came == []
    assert hits([*edge.passed, bytes(edge.front.plain), edge.log.read_bytes()]) == set()
    assert WHY[wrong] in edge.log.read_text("utf-8"), edge.log.read_text("utf-8")


async def test_a_provider_that_was_away_is_found_again(post: Post, smsc: Smsc, over: Over) -> None:
    edge = await over.open(smsc)
    await edge.front.close()
    post.sender.use(smpp(smsc, port=edge.port, secret=SECRET))
    await until(lambda: post.said(LineMoved), "told")
    assert post.said(LineMoved)[-1] == LineMoved(up=False, why="away")
    await edge.front.open(over.folder, ssl.TLSVersion.TLSv1_3)
    await post.up()
    (answer,) = await post.answers(post.send(post.order(TEXT)))
    assert answer.answer is Answer.ACCEPTED
    assert hits(edge.passed) == set()
