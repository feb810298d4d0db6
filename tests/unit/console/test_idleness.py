"""Whatever a session asks a terminal, the terminal's answer is nobody's typing; whatever is typed is.

The answers are those of xterm's "Control Sequences" (ctlseqs), each to the query named, and a few that other terminals
give; in seven bits and in eight (S8C1T), and in eight as UTF-8.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console.serve.idleness import Hands

pytestmark = [pytest.mark.clause("Y-4.7.2", "issue-4")]

ANSWERS = {
    "focus in": "\x1b[I",
    "focus out": "\x1b[O",
    "DA1": "\x1b[?62;22c",
    "DA1 of a VT102": "\x1b[?6c",
    "DA2": "\x1b[>41;390;0c",
    "DA3": "\x1bP!|00000000\x1b\\",
    "DECID in VT52 mode": "\x1b/Z",
    "DSR": "\x1b[0n",
    "CPR": "\x1b[12;80R",
    "DECXCPR": "\x1b[?5;7R",
    "DECXCPR with a page": "\x1b[?5;7;1R",
    "printer": "\x1b[?13n",
    "user-defined keys": "\x1b[?20n",
    "keyboard": "\x1b[?27;1;0;0n",
    "locator": "\x1b[?50n",
    "locator's kind": "\x1b[?57;1n",
    "macro space": "\x1b[0*{",
    "macro checksum": "\x1bP1!~0000\x1b\\",
    "data integrity": "\x1b[?70n",
    "sessions": "\x1b[?83n",
    "colour scheme": "\x1b[?997;1n",
    "DECRQM": "\x1b[?2026;2$y",
    "DECRQM of ANSI's": "\x1b[4;2$y",
    "DECRQSS": "\x1bP1$r0;48:2:1:2:3m\x1b\\",
    "DECRQSS of nothing": "\x1bP0$r\x1b\\",
    "DECREQTPARM": "\x1b[2;1;1;128;128;1;0x",
    "DECRQLP": "\x1b[1;2;5;7;0&w",
    "DECRQLP without a locator": "\x1b[0&w",
    "DECRQDE": '\x1b[24;80;1;1;0"w',
    "DECRQCRA": "\x1bP1!~FFFF\x1b\\",
    "DECCIR": "\x1bP1$u5;7;1;@;@;@;0;2;@;BBBB\x1b\\",
    "DECTABSR": "\x1bP2$u9/17/25\x1b\\",
    "DECRQUPSS": "\x1bP0!u%5\x1b\\",
    "XTVERSION": "\x1bP>|XTerm(390)\x1b\\",
    "XTGETTCAP": "\x1bP1+r544e=787465726d\x1b\\",
    "XTGETXRES": "\x1bP1+R62=63\x1b\\",
    "XTQMODKEYS": "\x1b[>4;2m",
    "XTQFMTKEYS": "\x1b[>4;1f",
    "XTREPORTSGR": "\x1b[0;1;38:2::1:2:3m",
    "XTREPORTCOLORS": "\x1b[?1;10#Q",
    "XTSMGRAPHICS": "\x1b[?1;0;256S",
    "XTWINOPS, not an icon": "\x1b[1t",
    "XTWINOPS, place": "\x1b[3;10;20t",
    "XTWINOPS, size": "\x1b[8;24;80t",
    "XTWINOPS, icon's label": "\x1b]Lxterm\x1b\\",
    "XTWINOPS, title": "\x1b]l本机 国际 āé · \x1b\\",
    "colour": "\x1b]11;rgb:0000/0000/0000\x1b\\",
    "colour of a pair": "\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
    "font": "\x1b]50;fixed\x1b\\",
    "selection": "\x1b]52;c;5byg5LiJ\x1b\\",
    "kitty's keyboard": "\x1b[?1u",
    "kitty's pictures": "\x1b_Gi=31;OK\x1b\\",
    "size told unasked": "\x1b[48;24;80;480;640t",
}
EIGHT = {"\x1b[": "\x9b", "\x1bP": "\x90", "\x1b]": "\x9d", "\x1b_": "\x9f", "\x1b\\": "\x9c"}


def in_eight_bits(said: str) -> list[bytes]:
    """With the controls of eight bits, alone and as UTF-8."""
    found = []
    for encoding in ("latin-1", "utf-8"):
        whole = said.encode()
        for seven, eight in EIGHT.items():
            whole = whole.replace(seven.encode(), eight.encode(encoding))
        found.append(whole)
    return found


SAID = {
    f"{name}, {how}": said
    for name, text in ANSWERS.items()
    for how, said in zip(
        ("7 bits", "to BEL", "8 bits", "8 bits as UTF-8"),
        (text.encode(), text.replace("\x1b\\", "\x07").encode(), *in_eight_bits(text)),
        strict=True,
    )
}
KEYS = {
    "a letter": b"a",
    "Enter": b"\r",
    "Escape twice": b"\x1b\x1b",
    "an arrow": b"\x1b[A",
    "an arrow with Ctrl": b"\x1b[1;5A",
    "F1": b"\x1bOP",
    "F1 with Shift": b"\x1b[1;2P",
    "F4 with Shift": b"\x1b[1;2S",
    "F5": b"\x1b[15~",
    "F1 of the console": b"\x1b[[A",
    "back-tab": b"\x1b[Z",
    "Alt and a letter": b"\x1ba",
    "kitty's letter": b"\x1b[97u",
    "kitty's with Ctrl": b"\x1b[97;5u",
    "xterm's other keys": b"\x1b[27;5;9~",
    "an arrow in 8 bits": b"\x9bA",
    "F1 in 8 bits": b"\x8fP",
    "a pointer pressed": b"\x1b[<0;3;4M",
    "a pointer let go": b"\x1b[<0;3;4m",
    "pasted": b"\x1b[200~x",
    "张": "张".encode(),
    "国, with a control's byte in it": "国".encode(),
    "本, with another": "本".encode(),
    "한": "한".encode(),
    "𠮷, four bytes": "𠮷".encode(),
    "é": "é".encode(),
    "a no-break space": b"\xc2\xa0",
}
LETTERS = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)
CUTS = st.lists(st.integers(1, 9), max_size=60)


def in_pieces(said: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(said[:size])
        said = said[size:]
    return [piece for piece in (*pieces, said) if piece]


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_an_answer_is_nobodys_typing_wherever_it_is_torn(said: bytes) -> None:
    assert not Hands().typed(said)
    for at in range(1, len(said)):
        hands = Hands()
        assert [hands.typed(said[:at]), hands.typed(said[at:])] == [False, False], at
    hands = Hands()
    assert not any(hands.typed(bytes([byte])) for byte in said)
    assert hands.typed(b"a"), "who types after it is there"


@pytest.mark.parametrize("said", KEYS.values(), ids=KEYS)
def test_a_key_is_typing_wherever_it_is_torn(said: bytes) -> None:
    assert Hands().typed(said)
    for at in range(1, len(said)):
        hands = Hands()
        assert any([hands.typed(said[:at]), hands.typed(said[at:])]), at


@given(
    st.lists(st.sampled_from(list(SAID.values())), max_size=6),
    st.lists(st.sampled_from(list(KEYS.values())), max_size=3),
)
def test_answers_are_not_and_keys_among_them_are(answers: list[bytes], keys: list[bytes]) -> None:
    assert Hands().typed(b"".join((*answers, *keys))) is bool(keys)
    assert Hands().typed(b"".join((*keys, *answers))) is bool(keys)


@given(st.lists(st.sampled_from(list(SAID.values())), min_size=1, max_size=6), CUTS)
def test_nor_are_many_in_whatever_pieces(answers: list[bytes], sizes: list[int]) -> None:
    hands = Hands()
    assert not any(hands.typed(piece) for piece in in_pieces(b"".join(answers), sizes))


@given(LETTERS, CUTS)
@example("国", [1, 1])
@example("本n", [2])
@example("\u9b00c", [1])
def test_text_is_typing_whatever_bytes_its_letters_have(text: str, sizes: list[int]) -> None:
    hands = Hands()
    assert any(hands.typed(piece) for piece in in_pieces(text.encode(), sizes))


def test_a_title_with_a_control_inside_its_letters_is_one_answer() -> None:
    for title in ("本", "国国", "ĜĜ", "𠜎", "é"):
        for said in (f"\x1b]l{title}\x1b\\".encode(), b"\x9dl" + title.encode() + b"\x9c"):
            assert not Hands().typed(said)


def test_escape_counts_with_what_follows_it() -> None:
    hands = Hands()
    assert not hands.typed(b"\x1b")
    assert hands.typed(b"a")
    assert not hands.typed(b"\x1b")
    assert hands.typed(b"\x1b"), "the one before"
    assert not hands.typed(b"[I"), "the terminal's own focus"


def test_a_key_counts_after_an_answer_without_an_end() -> None:
    hands = Hands()
    assert not hands.typed(b"\x1bP" + b"x" * 5000)
    assert hands.typed(b"a")
    assert not hands.typed(b"\x1b[12")
    assert hands.typed(b"a"), "what only looked like an answer"


@pytest.mark.parametrize("said", [b"\x90", b"\xc2\x90", b"\x1b]", b"\x1b[1", b"\x9b;", b"\xe5", b"\xc3", b"\x1b"])
def test_what_begins_over_and_over_is_read_once(said: bytes) -> None:
    """Were each beginning read to the end, a million of them would take for ever; a test's limit ends that."""
    assert Hands().typed(said * 300_000 + b"\x1bA")
