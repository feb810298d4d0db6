"""The provider of privacy numbers as a desk is set up for it: its address in the settings, the secret kept sealed.

EXPERIMENTAL, see `console.dial.axb.cloud`, which alone speaks with it.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from access.audit.events import DetailKey
from access.policy import Action, Resource
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.calling import SetCloudSecret
from console.desk.calls import outages, secrets
from console.desk.kernel import handles
from console.dial.axb.said import Cloud
from console.settings import CallSettings

_LONGEST: Final = 128


@handles(SetCloudSecret)
def set_cloud_secret(act: Act, request: SetCloudSecret) -> Done:
    """Another secret to sign with, from now on."""
    act.require(Action.CALL_TRUNK_SET, Resource(kind="health"))
    if len(request.secret) > _LONGEST or not request.secret.isascii():
        act.refuse("call.password_unfit")
    event = act.event(
        Action.CALL_TRUNK_SET,
        object_kind="cloud",
        object_id="secret",
        detail=((DetailKey.TO, "set" if request.secret else "none"),),
    )
    secrets.put(act, secrets.CLOUD, request.secret, event)
    act.uow.after_commit(act.parts.switchboard.renew)
    act.uow.after_commit(partial(outages.look_again, act.parts, outages.TRUNK))
    return Done()


def set_up(act: Act) -> bool:
    """Whether a provider's number can be bound."""
    said = act.parts.settings.calls
    named = said.cloud_url and said.cloud_key_id and said.cloud_pool and said.presented
    return bool(named) and bool(secrets.active(act, secrets.CLOUD))


def provider(said: CallSettings, secret: str) -> Cloud:
    """What the dialer is told; nothing but that there is none where the settings name none."""
    if not said.cloud_url:
        return Cloud()
    return Cloud(url=said.cloud_url, key_id=said.cloud_key_id, secret=secret, pool=said.cloud_pool, ca=said.cloud_ca)
