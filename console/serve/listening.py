"""How visitors are listened for: SSH without a configuration of the machine's own, and with nothing but terminals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import asyncssh

from console.serve.messages import Open
from console.serve.visitor import ACCEPTED_KEYS, Visitor

_LOGIN_SECONDS: Final = 120
_ALIVE_SECONDS: Final = 15
_ALIVE_MISSED: Final = 3
_BACKLOG: Final = 64
_VERSION: Final = "Veildesk"


async def listen(visitor: Callable[[], Visitor], order: Open) -> asyncssh.SSHAcceptor:
    """Listen where the desk ordered.

    Args:
        visitor: makes what deals with one connection.
        order: address and host key.

    Raises:
        OSError: the address cannot be opened.
    """
    return await asyncssh.create_server(
        visitor,
        order.host,
        order.port,
        server_host_keys=[asyncssh.import_private_key(order.host_key)],
        server_version=_VERSION,
        backlog=_BACKLOG,
        config=None,
        agent_forwarding=False,
        x11_forwarding=False,
        allow_scp=False,
        gss_host=None,
        password_auth=False,
        host_based_auth=False,
        signature_algs=ACCEPTED_KEYS,
        compression_algs=["zlib@openssh.com", "none"],
        login_timeout=_LOGIN_SECONDS,
        keepalive_interval=_ALIVE_SECONDS,
        keepalive_count_max=_ALIVE_MISSED,
        encoding=None,
        line_editor=False,
    )
