"""Log records and exceptions carry no personal data, whatever way it came into them."""

from __future__ import annotations

import io
import logging

import pytest

from masking.errors import MaskingError
from masking.scrub import WITHHELD, ScrubFilter, safe_repr, scrub_text

MOBILE = "13812345678"
ID_NUMBER = "420106198203180557"
CARD = "6228480156062625835"
SECRETS = (MOBILE, ID_NUMBER, CARD, "张小明", "长安街", "ming@example.com")


class Hostile:
    """Raises when it is printed."""

    def __str__(self) -> str:
        raise RuntimeError(MOBILE)


@pytest.fixture
def written() -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    handler.addFilter(ScrubFilter())
    logger = logging.Logger("desk.import")  # noqa: LOG001 - a logger of its own, unknown to the rest of the process
    logger.addHandler(handler)
    return logger, stream


def refuse() -> None:
    raise MaskingError("masking.test_code", field="mobile")


def fail(value: str) -> None:
    raise ValueError(f"bad row {value}")


@pytest.mark.clause("C-6.5b")
@pytest.mark.parametrize(
    "text",
    [
        f"dial {MOBILE} failed",
        f"+86 138-1234-5678 / {ID_NUMBER}",
        f"card={CARD}",
        "客户姓名:张小明 不在",
        "张小明先生",
        "地址 北京市东城区长安街1号",
        "mail ming@example.com",
        "name='张小明'",
    ],
)
def test_a_message_is_masked(written: tuple[logging.Logger, io.StringIO], text: str) -> None:
    logger, stream = written
    logger.warning(text)
    logger.warning("%s", text)
    logger.warning("%(x)s", {"x": text})
    out = stream.getvalue()
    assert out.count("WARNING") == 3
    for secret in (*SECRETS, "138-1234-5678"):
        assert secret not in out


@pytest.mark.clause("C-6.5b")
def test_a_traceback_shows_places_and_no_values(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    try:
        try:
            fail(MOBILE)
        except ValueError as fault:
            raise KeyError(ID_NUMBER) from fault
    except KeyError:
        logger.exception("row %d", 7)
    out = stream.getvalue()
    assert "KeyError at" in out
    assert "ValueError at" in out
    assert "fail:" in out
    assert "row 7" in out
    for secret in SECRETS:
        assert secret not in out


@pytest.mark.clause("C-6.5b")
def test_extra_values_and_stacks_are_masked(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    logger.handlers[0].setFormatter(logging.Formatter("%(message)s %(phone)s %(many)s"))
    logger.error("x", extra={"phone": MOBILE, "many": [CARD]}, stack_info=True)
    out = stream.getvalue()
    assert "x *********** ['****************']" in out
    for secret in SECRETS:
        assert secret not in out


@pytest.mark.clause("C-6.5b")
def test_what_cannot_be_scrubbed_is_withheld(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    logger.error("%s %s", MOBILE, Hostile())
    logger.error("%d", MOBILE + "x")
    out = stream.getvalue()
    assert out.count(WITHHELD) == 2
    assert MOBILE not in out


@pytest.mark.clause("C-6.5b")
def test_one_record_is_one_line(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    logger.info("a\nERROR forged \x1b[31m line")
    assert stream.getvalue() == "INFO desk.import a ERROR forged [31m line\n"


def test_ordinary_lines_stay_as_they_are() -> None:
    for line in (
        "batch 7 published: 4000 cases in 0.41 s, pause 3 ms",
        "2026-11-20T13:45:00.123456+00:00 listening on 127.0.0.1:2222",
        "event 019a2b3c-4d5e-7f60-8a1b-123456789012 appended",
        "head 1204331 sm3 66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf7a3f8297da02b8f4ba8e0",
    ):
        assert scrub_text(line) == line


@pytest.mark.clause("C-6.5b")
@pytest.mark.parametrize("before", range(19_985, 20_003))
def test_a_long_line_is_cut_and_no_cut_number_survives(before: int) -> None:
    line = scrub_text("," * before + MOBILE + "," * 9)
    assert len(line) <= 4_001
    assert not any(char.isdigit() for char in line)
    assert not any(char.isdigit() for char in scrub_text("," * (before - 16_000) + MOBILE))


def test_an_error_with_a_code_is_named_by_it() -> None:
    with pytest.raises(MaskingError) as raised:
        refuse()
    assert safe_repr(raised.value).startswith("masking.errors.MaskingError[masking.test_code] at ")
    assert safe_repr(ValueError(MOBILE)) == "ValueError"


def test_a_circle_of_causes_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert safe_repr(first) == "ValueError <- ValueError"
