"""What a desk without a desk answers about exports."""

from __future__ import annotations

from typing import Any

from access.policy.actions import Action
from console.desk.api import exports

NOW = 1_795_329_120_000_000
DAY = 86_400_000_000
LONG = "Featherstonehaugh-Smythe 联合资产管理有限公司"
EXPORT_ACTS = {
    "supervisor": {Action.EXPORT_REQUEST_ASK, Action.EXPORT_REQUEST_LIST, Action.EXPORT_REQUEST_APPROVE},
    "security_admin": {Action.EXPORT_REQUEST_LIST, Action.EXPORT_REQUEST_SECOND},
    "system_admin": {Action.EXPORT_REQUEST_LIST, Action.EXPORT_FILE_RELEASE},
}
"""Acts of this room, by role."""

FIELDS = ("full_name", "id_number", "mobile", "home_address", "due_amount", "days_past_due")


def export(number: int = 42, state: str = "pending", **changes: Any) -> exports.ExportView:
    """One export."""
    consents = (
        exports.Consent(role="supervisor", person="赵强", verdict="approve", words="", at=NOW),
        exports.Consent(role="compliance", person="", verdict="", words="", at=None),
        exports.Consent(role="security_admin", person="", verdict="", words="", at=None),
    )
    values: dict[str, Any] = {
        "export_id": f"x{number}",
        "number": f"VX-{number:06d}",
        "state": state,
        "unit": "一组",
        "asker": "李娜",
        "asked_at": NOW,
        "purpose": "operations",
        "words": "核对本月还款台账",
        "reach": "internal",
        "recipient": "资产管理部",
        "key": "32fe87ce2d36addd",
        "fields": FIELDS,
        "rule": exports.Rule(),
        "row_cap": 1000,
        "profile": "display",
        "format": "csv",
        "use_until": NOW + 7 * DAY,
        "basis": "duty",
        "assessment": "",
        "notice": "",
        "template": "list",
        "case": "",
        "level": 4,
        "combinations": ("name_and_id",),
        "chain": consents,
        "matching": 812,
        "rows": None,
        "left_out": None,
        "size": None,
        "digest": "",
        "sealed": True,
        "done": 0,
        "total": 0,
        "overdue": False,
        "released_by": "",
        "expires_at": None,
        "fetched_at": None,
        "file_name": "",
        "may": ("decide",),
        "version": 2,
    }
    return exports.ExportView(**{**values, **changes})


MADE: dict[str, Any] = {
    "rows": 800,
    "left_out": 12,
    "size": 65_536,
    "digest": "5a" * 32,
    "file_name": "VX-000041.vdp",
    "released_by": "郑浩",
    "expires_at": NOW + DAY,
}


class ExportAnswers:
    """Mixed into `FakeDesk`; answers by the calls' names."""

    def _GetExportOptions(self, _: exports.GetExportOptions) -> exports.ExportOptions:  # noqa: N802
        return exports.ExportOptions(
            fields=tuple(exports.FieldChoice(name=one, level=3, analytics=one == "due_amount") for one in FIELDS),
            units=(exports.UnitChoice(unit_id="u1", name="一组", agency=False),),
            formats=("csv",),
            sealed=True,
            most_days=180,
            overdue=(),
        )

    def _ListExports(self, _: exports.ListExports) -> exports.ExportList:  # noqa: N802
        return exports.ExportList(
            exports=(
                export(),
                export(41, "fetched", overdue=True, recipient=LONG, may=("confirm",), **MADE),
                export(40, "rejected", reach="external", may=()),
            )
        )

    def _ReadExport(self, request: exports.ReadExport) -> exports.ExportView:  # noqa: N802
        if request.export_id == "x41":
            return export(41, "fetched", overdue=True, recipient=LONG, may=("confirm",), **MADE)
        return export(may=("decide", "withdraw", "submit", "release", "fetch", "cancel"))

    def _DraftExport(self, _: exports.DraftExport) -> exports.ExportView:  # noqa: N802
        return export(43, "draft", may=("submit", "withdraw"))

    def _SubmitExport(self, _: exports.SubmitExport) -> exports.ExportView:  # noqa: N802
        return export(43)

    def _DecideExport(self, request: exports.DecideExport) -> exports.ExportView:  # noqa: N802
        return export(state="approved" if request.approve else "rejected")

    def _ReleaseExport(self, _: exports.ReleaseExport) -> exports.ExportView:  # noqa: N802
        return export(state="released")

    def _FetchExport(self, _: exports.FetchExport) -> exports.ExportView:  # noqa: N802
        return export(state="fetched")

    def _TakePassword(self, request: exports.TakePassword) -> exports.FilePassword:  # noqa: N802
        del request
        return exports.FilePassword(number="VX-000042", password="23456-789AB-CDEFG-HJKMN-PQRST")

    def _ConfirmExport(self, request: exports.ConfirmExport) -> exports.ExportView:  # noqa: N802
        return export(41, request.how)

    def _WithdrawExport(self, _: exports.WithdrawExport) -> exports.ExportView:  # noqa: N802
        return export(state="withdrawn")

    def _CancelExport(self, _: exports.CancelExport) -> exports.ExportView:  # noqa: N802
        return export(state="cancelled")

    def _RecordBasis(self, _: exports.RecordBasis) -> exports.BasisRecorded:  # noqa: N802
        return exports.BasisRecorded(recorded=1, unknown=0)
