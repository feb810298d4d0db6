"""An export on its way: who asks, who agrees, who releases, in the demo's people."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.desk.api.base import AnyCall
from console.desk.api.exports import (
    CancelExport,
    ConfirmExport,
    DecideExport,
    DraftExport,
    ExportView,
    FetchExport,
    GetExportOptions,
    ListExports,
    ReadExport,
    RecordBasis,
    ReleaseExport,
    SubmitExport,
    TakePassword,
    WithdrawExport,
)
from tests.support.desk import WholeDesk

FIELDS = ("full_name", "id_number", "home_address", "due_amount", "days_past_due")
WORDS = "核对本月还款台账"
APPROVERS = {"supervisor": "zhaoqiang", "compliance": "hejie", "security_admin": "wugang"}
AGENCY_SECOND = "hanmei"  # the other supervisor of the agency's cases
SECONDS = 60


def asked(**more: Any) -> DraftExport:
    """A request of the first team's head, with what is not given filled in."""
    values: dict[str, Any] = {
        "purpose": "operations",
        "words": WORDS,
        "recipient": "资产管理部",
        "fields": FIELDS,
        "row_cap": 1000,
    }
    return DraftExport(**{**values, **more})


async def submitted(desk: WholeDesk, name: str = "lina", **more: Any) -> ExportView:
    """Drafted and sent off."""
    view = await desk.call(name, asked(**more))
    return await desk.call(name, SubmitExport(export_id=view.export_id, version=view.version))


async def approved(desk: WholeDesk, view: ExportView) -> ExportView:
    """Agreed to by everybody who must."""
    for consent in view.chain:
        decide = DecideExport(export_id=view.export_id, version=view.version, approve=True)
        second = view.reach == "agency" and consent.role == "supervisor"
        view = await desk.call(AGENCY_SECOND if second else APPROVERS[consent.role], decide)
    return view


async def reaches(desk: WholeDesk, view: ExportView, *states: str, name: str = "lina") -> ExportView:
    """The export once it is in one of the states."""
    async with asyncio.timeout(SECONDS):
        while view.state not in states:
            await asyncio.sleep(0.01)
            view = await desk.call(name, ReadExport(export_id=view.export_id))
    return view


async def ready(desk: WholeDesk, name: str = "lina", **more: Any) -> ExportView:
    """Made, and waiting for its release."""
    view = await approved(desk, await submitted(desk, name, **more))
    return await reaches(desk, view, "ready", name=name)


async def fetched(desk: WholeDesk, name: str = "lina", **more: Any) -> tuple[ExportView, Path]:
    """Released and fetched; with where it is."""
    view = await ready(desk, name, **more)
    view = await desk.call("zhenghao", ReleaseExport(export_id=view.export_id, version=view.version))
    view = await desk.call(name, FetchExport(export_id=view.export_id))
    home = desk.running.parts.home
    assert home is not None
    return view, home.outbox / view.file_name


def export_calls(export_id: str, case_number: str, persons: Mapping[str, str]) -> tuple[AnyCall, ...]:
    """One call of each kind, by somebody who knows the ids."""
    del persons
    return (
        GetExportOptions(),
        asked(),
        ListExports(),
        ReadExport(export_id=export_id),
        SubmitExport(export_id=export_id, version=1),
        DecideExport(export_id=export_id, version=1, approve=False, words="不需要"),
        ReleaseExport(export_id=export_id, version=1),
        FetchExport(export_id=export_id),
        TakePassword(export_id=export_id),
        ConfirmExport(export_id=export_id, how="destroyed"),
        CancelExport(export_id=export_id, words="停止外发"),
        RecordBasis(cases=(case_number,), recipient="某某律所", basis="consent", reference="HT-2026-1", days=30),
        WithdrawExport(export_id=export_id),
    )
