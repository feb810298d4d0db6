"""An export in words that screens and commands share: which cases it is about, and what its fields say together."""

from __future__ import annotations

from console.desk.api.exports import ExportView, Rule
from console.texts import Texts


def rule_words(texts: Texts, rule: Rule) -> str:
    """Return the filter in words; whoever agrees to a file agrees to this too.

    Args:
        texts: the viewer's language.
        rule: as it was asked for; `due` in minor units.
    """
    days = _range(*(str(one) if one is not None else None for one in (rule.days_from, rule.days_to)))
    due = _range(*(texts.money(one) if one is not None else None for one in (rule.due_from, rule.due_to)))
    said = [texts.t(f"export.rule.{name}", range=one) for name, one in (("days", days), ("due", due)) if one]
    return texts.t("join.list").join(said) if said else texts.t("export.rule.all")


def together_words(texts: Texts, view: ExportView) -> str:
    """Return what the fields say together, by which the whole is judged (J-15); empty where they say no more."""
    return texts.t("join.list").join(texts.t(f"export.together.{one}") for one in view.combinations)


def basis_words(texts: Texts, view: ExportView) -> str:
    """Return on what basis, by which assessment, and that the file does not leave the country (J-19)."""
    basis = texts.t(f"export.basis.{view.basis}")
    return " · ".join(filter(None, (basis, view.assessment, texts.t("export.border.no"))))


def _range(low: str | None, high: str | None) -> str:
    if low is not None and high is not None:
        return f"{low} – {high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else ""
