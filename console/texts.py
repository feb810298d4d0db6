"""Everything staff read, in the viewer's language: texts by stable key, refusals, money, instants, mask labels.

The catalogues are gettext files beside `console/locales/build.py`, zh_CN the complete default, en complete too; msgids
are codes (`queue.title`, `refusal.case.not_found`), never sentences. The compiled `.mo` is used when it was built from
the `.po` that lies there, else the `.po` is compiled in memory. A language is a value, so that one process serves two
at once and switching needs no restart. Nothing here knows how a screen or a command lays its words out.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.currencies import EXPONENTS
from console.desk.api.base import Refusal
from console.locales import DIGEST_KEY, compile_po, source_digest
from masking.masks import parse_label

DEFAULT_LANGUAGE: Final = "zh_CN"
LANGUAGES: Final = (DEFAULT_LANGUAGE, "en")
DEFAULT_ZONE: Final = "Asia/Shanghai"

_FORMS: Final = {
    "second": "%Y-%m-%d %H:%M:%S",
    "minute": "%Y-%m-%d %H:%M",
    "short": "%m-%d %H:%M",
    "short_second": "%m-%d %H:%M:%S",
    "clock": "%H:%M",
    "clock_second": "%H:%M:%S",
    "day": "%Y-%m-%d",
}
# Families where a code may be missing a text of its own: said by the family's general text, with the code.
_GENERAL: Final = ("refusal", "fault")


@cache
def catalogue(language: str) -> gettext.GNUTranslations:
    """Load one language.

    Raises:
        KeyError: there is no such language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    folder = resources.files("console.locales")
    source = folder.joinpath(f"{language}.po").read_bytes()
    built = folder.joinpath(f"{language}.mo")
    if built.is_file():
        translations = gettext.GNUTranslations(io.BytesIO(built.read_bytes()))
        if translations.gettext(DIGEST_KEY) == source_digest(source):
            return translations
    return gettext.GNUTranslations(io.BytesIO(compile_po(source)))


def known(language: str | None) -> str:
    """The language asked for, or the default one: `en`, `en_GB.UTF-8` and `en-US` are all `en`."""
    plain = (language or "").replace("-", "_").partition(".")[0]
    if plain in LANGUAGES:
        return plain
    return "en" if plain.partition("_")[0] == "en" else DEFAULT_LANGUAGE


class Texts:
    """All texts of one language. Cheap to make; never fails for want of a text."""

    def __init__(self, language: str | None = DEFAULT_LANGUAGE) -> None:
        self.language: Final = known(language)
        self._own = catalogue(self.language)

    def has(self, key: str) -> bool:
        """Whether this language has the text."""
        return self._own.gettext(key) != key

    def t(self, key: str, **params: object) -> str:
        """The text of a key, its `{names}` filled in.

        A text that is missing here is taken from the default language, and at last the key stands for itself, so that
        a forgotten translation never hides an act. Parameters are put in as they are, never read as a format.
        """
        found = self._own.gettext(key)
        if found == key and self.language != DEFAULT_LANGUAGE:
            found = catalogue(DEFAULT_LANGUAGE).gettext(key)
        if found == key and "." in key:
            family, _, code = key.partition(".")
            general = self._own.gettext(f"{family}.unknown") if family in _GENERAL else ""
            return general.replace("{code}", code) if general and "{code}" in general else code
        for name, value in params.items():
            found = found.replace("{" + name + "}", str(value))
        return found

    def refusal(self, refusal: Refusal) -> str:
        """Why not, by which rule, and whom to ask; one paragraph."""
        parts = [self.t(f"refusal.{refusal.code}", **self._said(refusal.params))]
        if refusal.clause:
            parts.append(self.t("refusal.clause", clause=refusal.clause))
        if refusal.ask:
            parts.append(self.t("refusal.ask", roles=self.roles(refusal.ask)))
        return " ".join(parts)

    def _said(self, params: dict[str, str]) -> dict[str, str]:
        """Parameters with the codes among them put into words."""
        said = dict(params)
        if "field" in said:
            said["field"] = self.field(said["field"])
        if "role" in said:
            said["role"] = self.t(f"role.{said['role']}")
        if "state" in said:
            said["state"] = self.state("request", said["state"])
        if said.get("file") == "-":
            said["file"] = self.t("trace.input")
        if "contact_why" in said:
            said["contact_why"] = self.t(f"contact.why.{said['contact_why']}")
            said["contact_at"] = self.allowed_from(said.get("contact_at", ""), said.get("contact_zone", ""))
        return said

    def allowed_from(self, at: str, zone: str) -> str:
        """When a contact will be allowed, on the debtor's clock; empty: by no time passing."""
        if not at.isdigit():
            return self.t("contact.never")
        return self.t("contact.from", when=self.when(int(at), zone or DEFAULT_ZONE, "short"))

    def rule(self, name: str, kind: str) -> str:
        """A contact rule by its own name where there are words for it, else by its kind."""
        own = f"contact.rule.{name}"
        return self.t(own) if self.has(own) else self.t(f"contact.rule.{kind}")

    def answer(self, verdict: str, why: str) -> str:
        """What a contact rule says: what stands against the contact, else the bare verdict."""
        return self.t(f"contact.why.{why}") if why else self.t(f"contact.verdict.{verdict}")

    def roles(self, roles: Iterable[str]) -> str:
        """Roles by name, in the order given."""
        return self.t("join.list").join(self.t(f"role.{role}") for role in roles)

    def field(self, name: str, ordinal: int = 1, *, several: bool = False) -> str:
        """A field's name; `name#2` and ordinals above 1 (or any, where the case has several) carry their number."""
        plain, _, number = name.partition("#")
        place = int(number) if number.isdigit() else ordinal
        words = self.t(f"field.{plain}")
        return f"{words} {place}" if place > 1 or several else words

    def state(self, family: str, state: str) -> str:
        """A state in words. family: account, case, grant, import, request or source."""
        return self.t(f"state.{family}.{state}")

    def health(self, detail: str) -> str:
        """What a check says besides its state: why, in words where it is a code; a count or a name as it is."""
        why = f"health.why.{detail}"
        return self.t(why) if self.has(why) else detail

    def mask(self, masked: str) -> str:
        """What stands in place of a value: mask text as it is, label tokens in words."""
        label = parse_label(masked)
        if label is None:
            return masked
        for key in (f"mask.{label.kind}.{label.value}", f"mask.{label.kind}"):
            if self.has(key):
                return self.t(key, value=label.value)
        return masked

    def days(self, count: int) -> str:
        """`47 天`, `1 day`."""
        return self.t("unit.day" if count == 1 else "unit.days", count=count)

    def advice(self, rule: str, channel: str, interval_days: int) -> str:
        """What a strategy says of a case, in one line; an empty rule: none is for it."""
        if not rule:
            return self.t("advice.no_rule")
        said = [self.t("advice.first", means=self.t(f"strategy.channel.{channel}"))] if channel else []
        if interval_days:
            said.append(self.t("advice.interval", days=self.days(interval_days)))
        return self.t("advice.line", rule=rule, what=" · ".join(said or [self.t("advice.open")]))

    def unfit(self, code: str, until: int | None = None, zone: str = DEFAULT_ZONE) -> str:
        """Why somebody gets no case, in few words. code: as the desk gives it; until: instant, where it is known."""
        words = self.t(f"unfit.{code.rpartition('.')[2]}")
        return words if until is None else f"{words} {self.t('unfit.until', when=self.when(until, zone, 'short'))}"

    def minutes(self, count: int) -> str:
        """`10 分钟`, `1 minute`."""
        return self.t("unit.minute" if count == 1 else "unit.minutes", count=count)

    def money(self, minor: int | None, currency: str = "CNY") -> str:
        """Minor units as an amount; any currency but the renminbi is named. A dash where there is none."""
        if minor is None:
            return "—"
        exponent = EXPONENTS.get(currency, 2)
        whole, part = divmod(abs(minor), 10**exponent)
        sign = "-" if minor < 0 else ""
        amount = f"{sign}{whole:,}" + (f".{part:0{exponent}d}" if exponent else "")
        return amount if currency in ("CNY", "") else f"{currency} {amount}"

    @staticmethod
    def minor(typed: str, currency: str = "CNY") -> int | None:
        """An amount as typed, `500` or `1,200.50`, in minor units of its currency; None for anything else."""
        exponent = EXPONENTS.get(currency, 2)
        whole, point, part = typed.strip().replace(",", "").replace("，", "").partition(".")
        plain = whole.isascii() and whole.isdigit() and (not point or (part.isascii() and part.isdigit()))
        return int(whole + part.ljust(exponent, "0")) if plain and len(part) <= exponent else None

    def when(self, us: int | None, zone: str = DEFAULT_ZONE, form: str = "minute") -> str:
        """An instant on the wall clock of a zone; a dash where there is none.

        Args:
            us: microseconds since 1970, UTC.
            zone: IANA name; an unknown one shows UTC and says so.
            form: second, minute, short and short_second (no year), clock, clock_second or day.
        """
        if us is None:
            return "—"
        try:
            place, mark = ZoneInfo(zone), ""
        except (ZoneInfoNotFoundError, ValueError):
            place, mark = ZoneInfo("UTC"), "Z"
        return datetime.fromtimestamp(us / 1_000_000, tz=UTC).astimezone(place).strftime(_FORMS[form]) + mark
