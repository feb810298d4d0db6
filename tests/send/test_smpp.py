"""The sender process against a real SMPP server: what is written, once; what comes back; what a broken line leaves."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import smpp34
from msgspec.structs import replace

from console.desk.messages.length import split
from console.dial import outbox
from console.send.messages import Answer, Answered, Fate, LineMoved, Reported
from console.send.sender import SenderDown
from masking.case_keys import Purpose
from masking.gm import Sm3Mac
from tests.send.conftest import NUMBER, Post, smpp
from tests.support.sip import PATIENCE, until
from tests.support.smsc import Relay, Smsc, text_of

pytestmark = [pytest.mark.clause("issue-5"), pytest.mark.slow]
TEXT = "【示例银行】您好，截至2026-12-01您名下账单应还CNY 1,200.50，谢谢。"
LONG = "您好，您名下账单应还，请还款至官方账户。" * 9


def handle(name: str) -> bytes:
    return Sm3Mac(b"h" * 32).digest(name.lower().encode())[:16]


async def test_a_message_reaches_the_provider_and_its_report_comes_back(post: Post, smsc: Smsc) -> None:
    await post.by(smsc)
    order = post.order(TEXT, reference=700)
    (answer,) = await post.answers(post.send(order))
    assert (answer.answer, answer.handle) == (Answer.ACCEPTED, handle("ID-1"))
    (part,) = smsc.came
    assert smsc.texts == [TEXT]
    assert (part.destination_addr, part.dest_addr_ton, part.dest_addr_npi) == ("86" + NUMBER, 1, 1)
    assert (part.source_addr, part.data_coding, part.registered_delivery) == ("10690000", 8, 1)
    assert [one.as_int() for one in part.tlvs if one.tag == 0x0204] == [700]
    # Dates with seconds, which the library alone does not bear, and names in another case.
    assert await smsc.report("id-1", reference=700)
    await until(lambda: post.said(Reported))
    (report,) = post.said(Reported)
    assert (report.fate, report.handle, report.reference) == (Fate.DELIVERED, handle("ID-1"), 700)
    assert NUMBER not in repr(post.heard)


async def test_a_long_message_goes_in_parts_that_belong_together(post: Post, smsc: Smsc) -> None:
    await post.by(smsc)
    parts = split(LONG)
    assert len(parts) == 3
    answers = await post.answers(post.send(post.order(*parts, reference=0x1234)), 3)
    assert [(one.part, one.answer) for one in answers] == [(n, Answer.ACCEPTED) for n in range(3)]
    assert "".join(smsc.texts) == LONG
    heads = [bytes(one.short_message)[:6] for one in smsc.came]
    assert heads == [bytes([5, 0, 3, 0x34, 3, n + 1]) for n in range(3)]
    assert all(len(one.short_message) <= 140 and one.esm_class & 0x40 for one in smsc.came)


async def test_a_characters_two_halves_stay_together(post: Post, smsc: Smsc) -> None:
    await post.by(smsc)
    text = "字" * 66 + "𠮷" + "字" * 40
    await post.answers(post.send(post.order(*split(text))), 2)
    assert "".join(smsc.texts) == text


async def test_a_message_is_handed_over_once_however_often_it_is_asked_for(post: Post, smsc: Smsc) -> None:
    await post.by(smsc)
    order = post.order(TEXT)
    for _ in range(3):
        post.send(order)
    await post.answers(order.message_id)
    # One that was ordered later is answered later, so nothing of the first is still on its way.
    await post.answers(post.send(post.order(TEXT)))
    assert len(smsc.came) == 2
    assert len([one for one in post.said(Answered) if one.message_id == order.message_id]) == 1


async def test_busy_is_tried_again_and_what_was_not_taken_is_not_doubled(post: Post, smsc: Smsc) -> None:
    said: Iterator[str | int] = iter([0x58, 0x14, "taken"])
    smsc.decide = lambda _: next(said)
    await post.by(smsc)
    (answer,) = await post.answers(post.send(post.order(TEXT)))
    assert (answer.answer, len(smsc.came)) == (Answer.ACCEPTED, 3)


async def test_a_refusal_is_final_and_the_session_goes_on(post: Post, smsc: Smsc) -> None:
    status = 0x0B
    smsc.decide = lambda one: status if "一" in text_of(one) else "fine"
    await post.by(smsc)
    answers = await post.answers(post.send(post.order("一", "二", "三")), 3)
    assert [(one.answer, one.code) for one in answers] == [
        (Answer.REFUSED, status),
        (Answer.UNSENT, 0),
        (Answer.UNSENT, 0),
    ]
    assert smsc.texts == ["一"]
    (after,) = await post.answers(post.send(post.order("四")))
    assert after.answer is Answer.ACCEPTED
    assert len(smsc.bound) == 1


async def test_what_is_not_answered_is_unknown_and_never_sent_again(post: Post, smsc: Smsc) -> None:
    smsc.decide = lambda _: None
    await post.by(smsc, answer_seconds=0.3)
    answers = await post.answers(post.send(post.order("一", "二")), 2)
    assert [one.answer for one in answers] == [Answer.UNKNOWN, Answer.UNSENT]
    assert smsc.texts == ["一"]


async def test_a_line_that_breaks_after_a_part_was_written_leaves_it_unknown(post: Post, smsc: Smsc) -> None:
    smsc.decide = lambda _: None
    wire = await Relay(smsc.port).open()
    await post.by(smsc, port=wire.port, answer_seconds=60.0)
    message_id = post.send(post.order(TEXT))
    await until(lambda: smsc.came, "written")
    await wire.cut()
    (answer,) = await post.answers(message_id)
    assert answer.answer is Answer.UNKNOWN
    await post.up(up=False)
    # The same provider is back: what was written is not written again, and what comes next is.
    smsc.decide = None
    await wire.open()
    await post.up()
    (after,) = await post.answers(post.send(post.order("二")))
    assert after.answer is Answer.ACCEPTED
    assert smsc.texts == [TEXT, "二"]
    await post.sender.close()
    await wire.cut()


async def test_without_a_provider_nothing_is_sent_and_that_is_sure(post: Post, smsc: Smsc) -> None:
    await smsc.close()
    # No way at all yet.
    (first,) = await post.answers(post.send(post.order(TEXT)))
    assert first.answer is Answer.UNSENT
    post.sender.use(smpp(smsc, answer_seconds=0.3))
    await until(lambda: post.said(LineMoved), "told")
    assert post.said(LineMoved)[-1] == LineMoved(up=False, why="away")
    (second,) = await post.answers(post.send(post.order(TEXT)))
    assert second.answer is Answer.UNSENT


async def test_tickets_open_once_for_their_message_and_for_messages_only(post: Post, smsc: Smsc) -> None:
    await post.by(smsc)
    good = post.order(TEXT)
    other = post.order(TEXT)
    await post.answers(post.send(good))
    for wrong in (
        type(good)(message_id="again", ticket=good.ticket, reference=1, parts=(TEXT,)),
        type(good)(message_id="foreign", ticket=other.ticket, reference=1, parts=(TEXT,)),
        type(good)(message_id="call", ticket=post.ticket("call", purpose=Purpose.DIAL), reference=1, parts=(TEXT,)),
    ):
        (answer,) = await post.answers(post.send(wrong))
        assert answer.answer is Answer.UNSENT
    (nobody,) = await post.answers(post.send(post.order(TEXT, number="12")))
    assert (nobody.answer, nobody.code) == (Answer.REFUSED, 11)
    assert len(smsc.came) == 1


async def test_a_report_that_is_not_on_the_books_is_not_taken(post: Post, smsc: Smsc) -> None:
    """Whoever was not told that it was taken delivers it again; nothing is lost when a desk dies in between."""
    await post.by(smsc)
    await post.answers(post.send(post.order(TEXT)))
    post.keeps = False
    delivering = asyncio.ensure_future(smsc.report("ID-1"))
    await until(lambda: post.said(Reported), "told")
    assert not delivering.done()
    post.sender.kept(post.said(Reported)[0].number)
    assert await delivering


async def test_reports_of_every_shape(post: Post, smsc: Smsc) -> None:
    await post.by(smsc)
    shapes = {
        "word": {"stat": "UNDELIV"},
        "state": {"text": "-", "tlvs": (smpp34.Tlv(0x001E, b"ID-9\0"), smpp34.Tlv(0x0427, b"\x02"))},
        "enroute": {"stat": "ENROUTE"},
        "junk": {"text": "id: stat:\xff"},
        "nothing": {"text": "x"},
        "last": {"stat": "EXPIRED"},
    }
    for name, shape in shapes.items():
        assert await smsc.report(name, **shape), name  # type: ignore[arg-type]
    await until(lambda: len(post.said(Reported)) == 3)
    assert [(one.fate, one.handle) for one in post.said(Reported)] == [
        (Fate.UNDELIVERED, handle("word")),
        (Fate.DELIVERED, handle("ID-9")),
        (Fate.UNDELIVERED, handle("last")),
    ]
    assert len(smsc.bound) == 1


async def test_the_process_shows_no_number_and_dies_with_the_desk(post: Post, smsc: Smsc) -> None:
    await post.by(smsc)
    await post.answers(post.send(post.order(TEXT)))
    process = Path(f"/proc/{post.sender.process}")
    seen = (process / "cmdline").read_bytes() + b" ".join(bytes(one) for one in process.glob("fd/*"))
    assert NUMBER.encode() not in seen
    assert set(post.sender.fences) >= {"undumpable", "no-new-privileges"}
    assert "NoNewPrivs:\t1" in (process / "status").read_text("utf-8")
    await post.sender.close()
    assert post.sender.gone.is_set()
    assert not process.exists()


async def test_a_status_of_the_providers_own_ends_no_session(post: Post, smsc: Smsc) -> None:
    """The other server says none but listed ones, so this one is a few lines."""
    statuses = [0x4FF, 0]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                length, command, _, sequence = struct.unpack(">IIII", await reader.readexactly(16))
                await reader.readexactly(length - 16)
                status = statuses.pop(0) if command == 4 else 0
                body = b"" if status else b"own\0"
                writer.write(struct.pack(">IIII", 16 + len(body), command | 1 << 31, status, sequence) + body)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        post.sender.use(smpp(smsc, port=server.sockets[0].getsockname()[1]))
        await post.up()
        (first,) = await post.answers(post.send(post.order("一")))
        (second,) = await post.answers(post.send(post.order("二")))
        await post.sender.close()
    assert (first.answer, first.code) == (Answer.REFUSED, 0x4FF)
    assert (second.answer, second.handle) == (Answer.ACCEPTED, handle("own"))
    assert [one.up for one in post.said(LineMoved)][0:1] == [True]


async def test_killed_it_is_gone_and_says_so(post: Post) -> None:
    os.kill(post.sender.process, signal.SIGKILL)
    await until(post.sender.gone.is_set, "gone")


async def test_much_at_once_is_kept_until_it_is_read(post: Post) -> None:
    order = post.order(TEXT)
    os.kill(post.sender.process, signal.SIGSTOP)
    for number in range(600):
        post.sender.send(replace(order, message_id=f"n{number}"))
    assert not post.sender.gone.is_set()
    os.kill(post.sender.process, signal.SIGCONT)
    await until(lambda: len(post.said(Answered)) == 600, "all are answered")
    assert {one.answer for one in post.said(Answered)} == {Answer.UNSENT}


async def test_a_sender_that_reads_no_more_is_killed(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "STILL", 0.5)
    order = post.order(TEXT)
    os.kill(post.sender.process, signal.SIGSTOP)
    for number in range(600):
        post.sender.send(replace(order, message_id=f"n{number}"))
    await asyncio.wait_for(post.sender.gone.wait(), PATIENCE)
    with pytest.raises(SenderDown):
        post.sender.send(order)
