"""Run the screens on a fresh demo desk with a real line: `python screen_on_calls.py FOLDER CASES LOGIN`.

Dialer and media are the desk's own processes; the agent's phone and the customers are sipp. What comes of the n-th call
is `PLAN[n % len(PLAN)]`.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console.demo import build
from console.desk.api.calling import SetPhone
from console.desk.api.cases import ListQueue
from console.desk.api.contact import ConfirmConsent, RecordConsent
from console.desk.api.people import ListPeople
from console.desk.api.session import SignInAs
from console.desk.calls.starting import recorder_ready
from console.desk.contact import recorder
from console.dial.dialer import Dialer, Heard
from console.dial.house import SipDialer
from console.dial.messages import Trunk
from console.proving import nothing, proven
from console.tui.start import show
from tests.support import sip
from tests.support.sip import HOST, Peer, Wire, until

PLAN = (
    "no_answer",
    "no_answer",
    "answered",
    "no_answer",
    "busy",
    "answered",
    "no_answer",
    "answered",
    "unreachable",
    "rejected",
)
NOBODY = 9000  # a port that is only ever described
HOUR = 3_600_000_000
LONG = 3_600
_CALL_ID = re.compile(rb"(?mi)^(?:Call-ID|i):\s*(\S+)")
_REGISTER = re.compile(rb"(?mi)^CSeq:\s*\d+\s+REGISTER")


def scenarios() -> dict[str, list[str]]:
    """How a customer behaves, by what comes of it."""
    spoken = [sip.RECV_INVITE, sip.send("180 Ringing"), sip.send("200 OK", body=sip.sdp(NOBODY)), sip.acked()]
    return {
        "answered": [*spoken, sip.pause(200), sip.ask("BYE", 1), '<recv response="200"/>'],
        "busy": sip.refused("486 Busy Here"),
        "no_answer": sip.refused("480 Temporarily Unavailable"),
        "rejected": sip.refused("603 Decline"),
        "unreachable": sip.refused("480 Temporarily Unavailable", "Reason: Q.850;cause=20\n"),
    }


class Customers(Wire):
    """The provider: each call goes to whoever plays what is planned for it. `peers`: by what comes of it."""

    peers: dict[str, Peer]
    calls: dict[bytes, Peer]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """From the dialer to the call's own customer, and back."""
        found = _CALL_ID.search(data)
        if addr != self.dialer:
            self.transport.sendto(data, self.dialer)
        elif found is not None:
            if found[1] not in self.calls:
                self.calls[found[1]] = self.peers[PLAN[len(self.calls) % len(PLAN)]]
            self.transport.sendto(data, (HOST, self.calls[found[1]].port))


class AgentPhone(Wire):
    """The agent's phone: answers whatever rings, and stays registered."""

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """What answers a registration is ours; the rest is the phone's."""
        if addr == self.dialer and _REGISTER.search(data):
            self.answers.put_nowait(data)
        else:
            super().datagram_received(data, addr)

    async def stay(self, name: str, password: str) -> None:
        """Register again and again."""
        while True:
            await self.register(name, password)
            await asyncio.sleep(20)


async def main(folder: str, cases: int, login: str) -> int:
    """Until the person leaves."""
    desk = await build.build(Path(folder) / "home", cases=cases, seed=7)
    recorder.register(recorder_ready)
    made: list[SipDialer] = []
    peers: list[Peer] = []
    tasks: list[asyncio.Task[None]] = []

    async def opener(told: Callable[[Heard], None]) -> tuple[Dialer, int, asyncio.Event]:
        made.append(await SipDialer.open(told, HOST))
        return made[-1], made[-1].port, made[-1].gone

    try:
        await desk.exchange.open(opener)
        await until(lambda: desk.parts.switchboard.key is not None, "a dialer")
        admin, agent, head = desk.line("pts/8"), desk.line("pts/9"), desk.line("pts/7")
        await head.call(SignInAs(name="lina"))
        await admin.call(SignInAs(name="zhenghao"))
        await agent.call(SignInAs(name=login))
        people = (await admin.call(ListPeople())).people
        person_id = next(one.person_id for one in people if one.login == login)
        access = await proven(admin, SetPhone(person_id=person_id), None, nothing)
        cursor: str | None = None
        while True:
            page = await agent.call(ListQueue(cursor=cursor))
            for row in page.rows:
                consent = RecordConsent(
                    case_id=row.case_id,
                    means="call",
                    from_minute=0,
                    until_minute=1440,
                    expires_at=desk.parts.clock.now_us() + 24 * HOUR,
                    evidence="letter",
                    reference="LETTER-one",
                )
                kept = await agent.call(consent)
                await head.call(ConfirmConsent(consent_id=kept.consent_id, version=kept.version))
            cursor = page.cursor
            if cursor is None:
                break
        await agent.close()
        await admin.close()
        await head.close()
        customers = await Customers.open(made[-1].port)
        customers.calls, customers.peers = {}, {}
        for name, steps in scenarios().items():
            peers.append(Peer(Path(folder) / name, steps, calls=100_000, seconds=LONG))
            customers.peers[name] = peers[-1]
        peers.append(Peer(Path(folder) / "phone", sip.answered(NOBODY), calls=100_000, seconds=LONG))
        phone = await AgentPhone.open(made[-1].port)
        phone.peer = (HOST, peers[-1].port)
        await phone.register(access.name, access.password)
        tasks.append(asyncio.create_task(phone.stay(access.name, access.password)))
        made[-1].use(
            Trunk(host=HOST, port=customers.port, domain="trunk.test", presented="057100000000", no_reply_seconds=60)
        )
        await until(lambda: desk.parts.switchboard.present(access.name), "the phone")
        return await show(desk.line("pts/1"), language="zh_CN", sign_in_as=login)
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await desk.stop()
        for peer in peers:
            peer.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
