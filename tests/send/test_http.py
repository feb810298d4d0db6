"""The sender process against a provider over HTTPS that checks every signature; nothing goes to one that is not it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from console.send.messages import Answer, Fate, LineMoved, Provider, Reported
from tests.send.conftest import NUMBER, Post
from tests.support.http_provider import SECRET, HttpProvider, certificate
from tests.support.sip import until

pytestmark = [pytest.mark.clause("issue-5"), pytest.mark.slow]
TEXT = "【示例银行】您好，您名下账单应还CNY 1,200.50。"


@pytest.fixture
def tls(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path)


@pytest.fixture
def peer(tls: tuple[Path, Path]) -> Iterator[HttpProvider]:
    peer = HttpProvider(tls)
    yield peer
    peer.close()


def way(peer: HttpProvider, ca: str, *, secret: str = SECRET, plain: bool = False) -> Provider:
    return Provider(
        kind="http",
        handle_key=b"h" * 32,
        url=peer.url,
        ca_file=ca,
        name="desk",
        secret=secret,
        plain=plain,
        a_second=100,
    )


async def why(post: Post) -> str:
    await until(lambda: post.said(LineMoved), "told")
    assert not post.said(LineMoved)[-1].up
    return post.said(LineMoved)[-1].why


async def test_a_message_goes_under_our_name_and_its_report_comes_back(
    post: Post, peer: HttpProvider, tls: tuple[Path, Path]
) -> None:
    post.sender.use(way(peer, str(tls[0])))
    await post.up()
    peer.answers = [503, 500]
    # Busy is asked again; what was not answered well is asked about, and posted no third time.
    (answer,) = await post.answers(post.send(post.order(TEXT)))
    assert (answer.answer, peer.posts) == (Answer.ACCEPTED, 2)
    assert peer.came["m1"]["to"] == "+86" + NUMBER
    assert peer.came["m1"]["text"] == TEXT
    peer.answers = [422, 502]
    (refused,) = await post.answers(post.send(post.order(TEXT)))
    assert (refused.answer, refused.code) == (Answer.REFUSED, 422)
    # It has nothing under that name yet, which proves nothing.
    (unknown,) = await post.answers(post.send(post.order(TEXT)))
    assert (unknown.answer, peer.posts) == (Answer.UNKNOWN, 4)
    peer.reports = [
        {"id": "r1", "reference": "m1", "state": "delivered"},
        {"id": "r2", "reference": "m2", "state": "?"},
    ]
    await until(lambda: [one["id"] for one in peer.reports] == ["r2"], "acknowledged")
    (report,) = post.said(Reported)
    assert (report.fate, report.message_id) == (Fate.DELIVERED, "m1")
    assert peer.unsigned == 0
    assert NUMBER not in repr(post.heard)


async def test_with_the_wrong_secret_nothing_is_taken(post: Post, peer: HttpProvider, tls: tuple[Path, Path]) -> None:
    post.sender.use(way(peer, str(tls[0]), secret="wrong"))
    assert await why(post) == "not_let_in"
    (answer,) = await post.answers(post.send(post.order(TEXT)))
    assert (answer.answer, answer.code, peer.came) == (Answer.REFUSED, 401, {})


async def test_a_peer_that_is_not_the_provider_gets_nothing(post: Post, peer: HttpProvider) -> None:
    post.sender.use(way(peer, ""))
    assert await why(post) == "not_verified"
    (answer,) = await post.answers(post.send(post.order(TEXT)))
    assert (answer.answer, peer.posts, peer.nonces) == (Answer.UNSENT, 0, set())


async def test_older_tls_and_plain_get_nothing(post: Post, tls: tuple[Path, Path]) -> None:
    old = HttpProvider(tls, ssl.TLSVersion.TLSv1_2)
    post.sender.use(way(old, str(tls[0])))
    assert await why(post) == "not_verified"
    (first,) = await post.answers(post.send(post.order(TEXT)))
    old.close()
    bare = HttpProvider(None)
    post.sender.use(way(bare, ""))
    await until(lambda: post.said(LineMoved)[-1].why == "plain", "plain")
    (second,) = await post.answers(post.send(post.order(TEXT)))
    assert (first.answer, second.answer, bare.nonces) == (Answer.UNSENT, Answer.UNSENT, set())
    bare.close()


@pytest.mark.parametrize("port", ["70000", "x"])
async def test_a_port_that_is_none_is_told_and_gets_nothing(post: Post, peer: HttpProvider, port: str) -> None:
    given = way(peer, "")
    post.sender.use(msgspec.structs.replace(given, url=f"https://127.0.0.1:{port}/"))
    assert await why(post) == "broken"
    (answer,) = await post.answers(post.send(post.order(TEXT)))
    assert (answer.answer, peer.posts) == (Answer.UNSENT, 0)
