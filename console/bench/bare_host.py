"""OpenSSH's sshd that starts a bare Textual screen for each login: what the served desk is measured beside."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

import asyncssh

from console.bench.hosts import PeerMissing, Program, running, until, weight_of
from console.bench.visitors import Account


class BareHost(Program):
    """sshd on a free port, one key, one program. Args: where its files go."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._key = asyncssh.generate_private_key("ssh-ed25519")

    async def __aenter__(self) -> Self:
        program = shutil.which("sshd", path=os.pathsep.join(["/usr/sbin", "/usr/local/sbin", os.defpath]))
        if program is None:
            raise PeerMissing
        await asyncio.to_thread(self._furnish)
        self._process = subprocess.Popen(  # noqa: ASYNC220, S603 - starts at once; sshd itself
            [program, "-D", "-f", str(self._folder / "sshd_config")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await until(self._answers)
        return self

    def _furnish(self) -> None:
        folder = self._folder
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            # Where sshd, as root, keeps whom it has not let in yet.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        host = folder / "host_key"
        host.touch(mode=0o600)
        host.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        (folder / "authorized_keys").write_bytes(self._key.export_public_key())
        root = Path(__file__).resolve().parents[2]
        order = f"{sys.executable} -P -m console.bench.bare_screen"
        settings = {
            "ListenAddress": f"127.0.0.1:{self.port}",
            "HostKey": str(host),
            "PidFile": "none",
            "AuthorizedKeysFile": str(folder / "authorized_keys"),
            "StrictModes": "no",
            "UsePAM": "no",
            "PermitRootLogin": "yes",
            "PasswordAuthentication": "no",
            "MaxStartups": "200",
            "SetEnv": f"PYTHONPATH={os.pathsep.join([str(root), *sys.path[1:]])} LANG=C.UTF-8",
            "ForceCommand": order,
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        (folder / "sshd_config").write_text(text, encoding="utf-8")

    def _answers(self) -> bool:
        with socket.socket() as trying:
            return trying.connect_ex(("127.0.0.1", self.port)) == 0

    def account(self, number: int) -> Account:
        """See `Host.account`."""
        del number
        return Account(getpass.getuser(), self._key)

    async def fresh(self) -> None:
        """See `Host.fresh`."""

    async def empty(self) -> None:
        """See `Host.empty`."""
        await until(lambda: not running(self.pid, "console.bench.bare_screen"))

    def memory(self) -> float:
        """See `Host.memory`."""
        return weight_of(running(self.pid, "console.bench.bare_screen"))
