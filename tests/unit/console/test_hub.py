"""A push reaches those it concerns and nobody else, and carries no data."""

from __future__ import annotations

from console.desk.api.base import Push
from console.desk.hub import Audience, Hub


def _joined(hub: Hub, person: str, unit: str, role: str) -> tuple[int, list[Push]]:
    got: list[Push] = []
    number = hub.join(got.append)
    hub.seat(number, person, frozenset({unit}), frozenset({role}))
    return number, got


def test_a_push_goes_to_persons_units_and_roles_named() -> None:
    hub = Hub()
    _, agent = _joined(hub, "p1", "u1", "agent")
    _, head = _joined(hub, "p2", "u1", "supervisor")
    _, other = _joined(hub, "p3", "u2", "agent")
    hub.publish("request", "r1", Audience.of("p1", units=("u1",)))
    assert [len(agent), len(head), len(other)] == [1, 1, 0]
    hub.publish("request", "r2", Audience.of(roles=("supervisor",)))
    assert [len(agent), len(head), len(other)] == [1, 2, 0]
    assert head[1].version > head[0].version


def test_nobody_signed_in_hears_nothing() -> None:
    hub = Hub()
    got: list[Push] = []
    number = hub.join(got.append)
    hub.publish("case", "c", Audience.of("", None, units=("",)))
    assert got == []
    hub.seat(number, "p", frozenset(), frozenset())
    hub.publish("case", "c", Audience.of("p"))
    hub.leave(number)
    hub.publish("case", "c", Audience.of("p"))
    assert len(got) == 1


def test_presence_follows_seats() -> None:
    hub = Hub()
    number, _ = _joined(hub, "p1", "u1", "agent")
    assert hub.present() == {"p1"}
    hub.seat(number, "", frozenset(), frozenset())
    assert hub.present() == frozenset()
