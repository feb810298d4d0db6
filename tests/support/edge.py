"""The documented TLS edge, run as it stands, and a provider of its own behind it: both kamailio, on loopback.

Everything between the two passes a tap that keeps each byte, so what leaves the machine is seen as a listener sees it.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.sip import HOST, until

DOCUMENTED = Path(__file__).resolve().parents[2] / ".docs" / "edge"
NAME = "sip.provider.test"

_PROVIDER = """
debug=-1
log_stderror=yes
children=1
auto_aliases=no
dns=no
rev_dns=no
enable_tls=yes
listen=udp:127.0.0.1:{udp}
listen=tls:127.0.0.1:{tls}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "tls.so"
modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", "{folder}/provider.pem")
modparam("tls", "private_key", "{folder}/provider.key")
modparam("tls", "ca_list", "{folder}/edge-ca.pem")
modparam("tls", "verify_certificate", 1)
modparam("tls", "require_certificate", 1)
modparam("rr", "enable_double_rr", 1)
request_route {{
    if (is_method("OPTIONS")) {{
        sl_send_reply("200", "OK");
        exit;
    }}
    if (is_method("CANCEL")) {{
        if (!t_check_trans()) exit;
    }} else if (has_totag()) {{
        loose_route();
    }} else if (is_method("INVITE")) {{
        record_route();
    }}
    if ($proto == "tls") $du = "sip:127.0.0.1:{wire}";
    else if (is_method("INVITE") && !has_totag()) $du = "sip:127.0.0.1:{secure};transport=tls";
    t_relay();
}}
"""


class Authority:
    """Signs certificates. Attributes: pem."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        self.pem = self._sign(self._name, self._key.public_key(), days=2, authority=True).public_bytes(
            serialization.Encoding.PEM
        )

    def write(self, folder: Path, stem: str, name: str = NAME, *, days: int = 2) -> None:
        """A key and its certificate; `days` from now it ends, so below zero it ended."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signed = self._sign(subject, key.public_key(), days=days, name=name)
        (folder / f"{stem}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        (folder / f"{stem}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    def _sign(
        self,
        subject: x509.Name,
        public: ec.EllipticCurvePublicKey,
        *,
        days: int,
        name: str = "",
        authority: bool = False,
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=9))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if name:
            names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address(HOST))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256())


class Kamailio:
    """One running kamailio. Attributes: log: what it said."""

    def __init__(self, folder: Path, config: Path) -> None:
        self.log = folder / f"{config.stem}.log"
        (folder / f"run-{config.stem}").mkdir()
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                ["kamailio", "-DD", "-m", "32", "-M", "8", "-f", config, "-Y", folder / f"run-{config.stem}"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=folder,
            )

    @property
    def processes(self) -> tuple[int, ...]:
        """The one that was started, and those that it started."""
        first = self.process.pid
        said = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii")
        return (first, *map(int, said.split()))

    async def listens(self, *ports: int) -> Self:
        await until(lambda: self.process.poll() is not None or listening().issuperset(ports), "kamailio listens")
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8", errors="replace")
        return self

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Tap:
    """TCP passed on to a port, with every byte kept. Attributes: port; out: from the edge; back: from the provider;
    passes: cleared, whatever comes is held back until it is set again, as by a provider that has gone silent.
    """  # noqa: D205 - one sentence

    def __init__(self, to: int) -> None:
        self._to = to
        self.out, self.back = bytearray(), bytearray()
        self.passes = asyncio.Event()
        self.passes.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def open(self) -> Self:
        self._server = await asyncio.start_server(self._pass, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._to)
        except OSError:
            writer.close()
            return
        for source, target, kept in ((reader, far_writer, self.out), (far_reader, writer, self.back)):
            task = asyncio.ensure_future(_copy(source, target, kept, self.passes))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()


async def _copy(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, kept: bytearray, passes: asyncio.Event
) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(1 << 16):
            kept += data
            await passes.wait()
            target.write(data)
            await target.drain()
    target.close()
    with contextlib.suppress(OSError):
        await target.wait_closed()


@dataclass
class Edge:
    """Both sides. `plain`: where the dialer speaks to; `secure`: where a provider may call in."""

    folder: Path
    tap: Tap
    edge: Kamailio
    provider: Kamailio | None
    plain: int
    secure: int
    tls: int

    @classmethod
    async def open(cls, folder: Path, dialer: int, wire: int, wire_side: int, *, provider: bool = True) -> Self:
        """Run both with the certificates that lie in the folder: `edge`, `provider`, `edge-ca.pem`, `provider-ca.pem`.

        Args:
            folder: holds the certificates, and everything that is written.
            dialer: the dialer's port.
            wire: where the provider's customers are.
            wire_side: the provider's own port towards them.
            provider: whether there is one.
        """
        plain, secure, tls = (free_port(kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_STREAM))
        tap = await Tap(tls).open()
        shutil.copy(DOCUMENTED / "kamailio.cfg", folder)
        said = (DOCUMENTED / "edge.cfg").read_text(encoding="utf-8")
        for documented, here in (
            ("udp:127.0.0.1:5070", f"udp:{HOST}:{plain}"),
            ("EDGE_DIALER_PORT 5060", f"EDGE_DIALER_PORT {dialer}"),
            ("sip:127.0.0.1:5060", f"sip:{HOST}:{dialer}"),
            ("tls:10.0.0.5:5061", f"tls:{HOST}:{secure}"),
            ("203.0.113.10:5061", f"{HOST}:{tap.port}"),
            ("sip.provider.example", NAME),
            ("/etc/kamailio/provider-ca.pem", str(folder / "provider-ca.pem")),
            ("/etc/kamailio/edge.", str(folder / "edge.")),
            ("EDGE_STDERR no", "EDGE_STDERR yes"),
            ("EDGE_CHILDREN 4", "EDGE_CHILDREN 1"),
        ):
            assert documented in said
            said = said.replace(documented, here)
        (folder / "edge.cfg").write_text(said, encoding="utf-8")
        (folder / "provider.cfg").write_text(
            _PROVIDER.format(udp=wire_side, tls=tls, wire=wire, secure=secure, folder=folder), encoding="utf-8"
        )
        far = Kamailio(folder, folder / "provider.cfg") if provider else None
        near = Kamailio(folder, folder / "kamailio.cfg")
        made = cls(folder, tap, near, far, plain, secure, tls)
        try:
            await near.listens(plain, secure)
            if far is not None:
                await far.listens(wire_side, tls)
        except BaseException:
            await made.close()
            raise
        return made

    async def close(self) -> None:
        for one in (self.edge, self.provider):
            if one is not None:
                await asyncio.to_thread(one.close)
        await self.tap.close()


def free_port(kind: socket.SocketKind) -> int:
    """A port that nobody holds now."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


def listening() -> set[int]:
    """Ports of this machine that are open for UDP, or listened at with TCP."""
    found = set()
    for name, states in (("udp", {"07"}), ("tcp", {"0A"})):
        for line in Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] in states:
                found.add(int(fields[1].rpartition(":")[2], 16))
    return found
