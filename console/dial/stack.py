"""The SIP stack as calls here need it: answers go where the call went, and what could move a call elsewhere is refused.

A peer's Contact and Record-Route never say where our packets go; REFER, re-INVITE and UPDATE are refused, INFO and
OPTIONS are answered and forgotten. So nothing that one leg says has a way to the other leg, or to anybody else.
"""

from __future__ import annotations

from typing import Any, Final

from console.dial.quiet import UA, NoLog, SipConf, SipHeader, SipTransactionManager

AGENT_NAME: Final = "PBX"
"""What we call ourselves to phones and providers."""

_PASS: Final = frozenset({"BYE", "CANCEL", "ACK"})
_ANSWERED: Final = frozenset({"INFO", "OPTIONS"})

SipConf.my_uaname = AGENT_NAME


class Transactions(SipTransactionManager):  # type: ignore[misc]  # the stack is untyped
    """Transactions whose acknowledgements go where their request went, and whose answers go where it came from."""

    def incomingRequest(self, msg: Any, *more: Any) -> Any:  # noqa: ANN401, N802 - the stack's
        """Take a request: what its Via says of where answers should go is left aside (RFC 3581)."""
        via = msg.getHFBody("via")
        host, port = msg.getSource()
        via.params["received"], via.params["rport"] = host, str(port)
        return super().incomingRequest(msg, *more)

    def transmitReq(self, t: Any, msg: Any, *to: Any, **more: Any) -> None:  # noqa: ANN401, N802 - the stack's
        """Send an acknowledgement: the answer's own idea of where is left aside."""
        super().transmitReq(t, msg, t.address, *to[1:], **more)


class Leg(UA):  # type: ignore[misc]  # the stack is untyped
    """One side of a call, made by us or, as its first request, by them. to: where every packet of it goes."""

    def __init__(self, config: dict[str, Any], told: Any, to: tuple[str, int], **more: Any) -> None:  # noqa: ANN401
        super().__init__(config, told, nh_address=to, **more)
        self.local_ua = AGENT_NAME
        self.useRefer = False
        self._to = (to, SipConf.my_transport)

    def genRequest(self, method: str, *parts: Any, **more: Any) -> Any:  # noqa: ANN401, N802 - the stack's
        """Make a request, bound for where the call was made to."""
        request = super().genRequest(method, *parts, **more)
        request.setTarget(self._to)
        return request

    def recvRequest(self, req: Any, sip_t: Any) -> Any:  # noqa: ANN401, N802 - the stack's
        """Take the end of a call; answer whatever else without a word to anybody."""
        method = req.getMethod()
        if method == "INVITE" and self.state is None:
            answer = super().recvRequest(req, sip_t)
            # Whatever the caller's Contact says, we go on speaking with whom it came from.
            self.rAddr = self.rAddr0 = self._to
            return answer
        if method in _PASS:
            return super().recvRequest(req, sip_t)
        if method in _ANSWERED:
            return (req.genResponse(200, "OK", server=AGENT_NAME), None, None)
        if method in {"INVITE", "UPDATE"}:
            return (req.genResponse(488, "Not Acceptable Here", server=AGENT_NAME), None, None)
        return (req.genResponse(405, "Method Not Allowed", server=AGENT_NAME), None, None)


def open_stack(host: str, port: int, take: Any) -> tuple[dict[str, Any], int]:  # noqa: ANN401 - the stack's
    """Listen; returns what legs are made with, and the port.

    Args:
        host: IPv4 address.
        port: 0 for any.
        take: called with each request that belongs to no call and its transaction.

    Raises:
        OSError: the address is taken or not this machine's.
    """
    config: dict[str, Any] = {"_sip_address": host, "_sip_port": port, "_sip_logger": NoLog()}
    config["_sip_tm"] = Transactions(config, take)
    (server,) = config["_sip_tm"].l4r.cache_l2s.values()
    config["_sip_port"] = server.uopts.laddress[1]
    return config, config["_sip_port"]


def called_by(req: Any) -> str:  # noqa: ANN401 - the stack's
    """What whoever asks wants to be called by: the user of their Contact; empty for none that can be read."""
    try:
        url = req.getHFBody("contact").getUrl() if req.countHFs("contact") else None
    except Exception:  # noqa: BLE001 - what the stack cannot read is nobody
        return ""
    return str(url.username or "") if url is not None else ""


def header(text: str) -> Any:  # noqa: ANN401 - the stack's
    """A header as it is written."""
    return SipHeader(s=text)
