"""What verifying the log came to: whole, or every place where it is not."""

from __future__ import annotations

from textual.app import ComposeResult

from console.desk.api.log import VerificationView
from console.tui.modals.base import DeskModal
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words


class VerifiedModal(DeskModal[None]):
    """Args: the result."""

    TITLE = "verified.title"

    def __init__(self, result: VerificationView) -> None:
        super().__init__()
        self._result = result

    def body(self) -> ComposeResult:
        """Verdict, figures, findings."""
        result = self._result
        verdict = self.t("verified.whole") if result.ok else self.t("verified.broken", count=len(result.findings))
        figures = self.t(
            "verified.figures",
            events=f"{result.events:,}",
            checkpoints=result.checkpoints,
            waiting=result.waiting,
            seconds=f"{result.seconds:.1f}",
        )
        yield Words(f"# {verdict}\n{figures}\n{self.t('verified.root', root=result.root[:16])}")
        if result.findings:
            columns = (
                Column(self.t("verified.position"), 12, right=True),
                Column(self.t("verified.kind"), 24),
                Column(self.t("verified.detail")),
            )
            yield RowList(columns)

    def on_mount(self) -> None:
        """List the findings."""
        for rows in self.query(RowList):
            rows.show(
                [
                    Row(
                        str(number),
                        (
                            "—" if finding.position is None else f"#{finding.position:,}",
                            self.t(f"finding.{finding.kind}"),
                            finding.detail,
                        ),
                    )
                    for number, finding in enumerate(self._result.findings)
                ]
            )
            rows.focus()
