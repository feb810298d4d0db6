"""A real softphone, baresip, that registers and answers by itself; and tshark, which sees all of loopback.

The phone says a tone and writes down what it hears. tshark is the hunter that knows nothing of this project.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import socket
import struct
import subprocess
import threading
import wave
from pathlib import Path
from typing import NamedTuple, Self

from tests.support.sip import HOST, free_port, ports_of, until

RATE = 8000
_MODULES = "/usr/lib/baresip/modules"


class Softphone:
    """One baresip; over TLS where it is told whom to trust. Attributes: port: of its SIP over UDP."""

    def __init__(
        self,
        folder: Path,
        dialer: int,
        name: str,
        password: str,
        *orders: str,
        more: str = "",
        port: int = 0,
        authority: Path | None = None,
    ) -> None:
        transport = "tls" if authority else "udp"
        folder.mkdir()
        self.folder, self.port = folder, port or free_port()
        _tone(folder / "says.wav")
        (folder / "config").write_text(
            f"poll_method epoll\nsip_listen {HOST}:{self.port}\nnet_interface {HOST}\ncall_max_calls 4\n"
            f"audio_player aubridge,nowhere\naudio_source aufile,{folder}/says.wav\naudio_alert aubridge,nowhere\n"
            f"snd_path {folder}\nrtcp_mux no\njitter_buffer_delay 1-5\nmodule_path {_MODULES}\n"
            "module stdio.so\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\nmodule sndfile.so\n"
            "module srtp.so\nmodule_tmp account.so\nmodule_app menu.so\n"
            + (f"sip_cafile {authority}\n" if authority else ""),
            encoding="ascii",
        )
        (folder / "accounts").write_text(
            f"<sip:{name}@{HOST}:{dialer};transport={transport}>;auth_user={name};auth_pass={password};answermode=auto;"
            f"audio_codecs=PCMA/8000/1;{more or 'regint=60'}\n",
            encoding="ascii",
        )
        asked = [part for order in orders for part in ("-e", order)]
        self.log = folder / "log"
        # It ends with its input, so that is kept open.
        self._input, self._ours = os.pipe()
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                ["baresip", "-4", "-f", str(folder), *asked], stdin=self._input, stdout=out, stderr=out, cwd=folder
            )

    @property
    def ports(self) -> set[int]:
        """Everything it listens at now."""
        return set(ports_of(self.process.pid).values())

    @property
    def media(self) -> set[int]:
        """Where it hears speech."""
        return self.ports - {self.port}

    def heard(self) -> bytes:
        """Samples of 16 bits that it heard so far."""
        files = [one for one in self.folder.glob("*.wav") if "dec" in one.name]
        return b"".join(one.read_bytes()[44:] for one in files)

    def order(self, what: str) -> None:
        """Have it do something, as if it were typed."""
        os.write(self._ours, f"{what}\n".encode())

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
        os.close(self._input)


def _tone(path: Path) -> None:
    samples = [round(9000 * math.sin(2 * math.pi * 700 * at / RATE)) for at in range(RATE * 60)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


class Seen(NamedTuple):
    """One packet on the wire."""

    source: int
    target: int
    data: bytes


class Hunter:
    """tshark on loopback. Attributes: packets: all of UDP since it was opened."""

    def __init__(self) -> None:
        self.packets: list[Seen] = []
        fields = ("udp.srcport", "udp.dstport", "udp.payload")
        self._process = subprocess.Popen(
            ["tshark", "-Q", "-l", "-n", "-i", "lo", "-f", "udp", "-T", "fields", *_each("-e", fields)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @classmethod
    async def open(cls) -> Self:
        hunter = cls()
        try:
            await hunter.caught_up()
        except BaseException:
            hunter.close()
            raise
        return hunter

    async def caught_up(self) -> None:
        """Everything sent before is among the packets."""
        mark = os.urandom(16)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((HOST, 0))

            def marked() -> bool:
                assert self._process.poll() is None, "tshark may not capture here"
                sock.sendto(mark, sock.getsockname())
                return any(one.data == mark for one in self.packets)

            await until(marked, "tshark sees")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            fields = line.rstrip(b"\n").split(b"\t")
            with contextlib.suppress(ValueError, IndexError):
                self.packets.append(Seen(int(fields[0]), int(fields[1]), bytes.fromhex(fields[2].decode())))

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()


def _each(before: str, words: tuple[str, ...]) -> list[str]:
    return [part for word in words for part in (before, word)]


async def closed(*phones: Softphone) -> None:
    for phone in phones:
        await asyncio.to_thread(phone.close)
