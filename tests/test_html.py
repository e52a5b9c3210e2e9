"""HTML of a cell -> paragraphs and list items."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.decision import Block
from index.documents import html

P, LI = "paragraph", "item"


def blocks(cell: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in html.blocks(cell)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("bara text", [(P, "bara text")]),
        ("<p>ett</p><p>två</p>", [(P, "ett"), (P, "två")]),
        ("<p>ett</p>två", [(P, "ett"), (P, "två")]),
        ("ett<br>två<br/>tre", [(P, "ett"), (P, "två"), (P, "tre")]),
        ("<ul><li>• a</li><li>- b</li><li>c</li></ul>", [(LI, "a"), (LI, "b"), (LI, "c")]),
        ("<li><p>• a</p></li>", [(LI, "a")]),
        ("<p>a<ul><li>b</li></ul>c</p>", [(P, "a"), (LI, "b"), (P, "c")]),
        ("<p>ord<b>led</b></p>", [(P, "ordled")]),
        ("<td>a</td><td>b</td>", [(P, "a"), (P, "b")]),
        ("a &amp; b &lt;c&gt;", [(P, "a & b <c>")]),
        ("<script>alert(1)</script><p>x</p><style>p{}</style>", [(P, "x")]),
        ("<!-- dold --><p>x</p>", [(P, "x")]),
        ("• punkt\n• två", [(LI, "punkt"), (LI, "två")]),
        ("1 < 2 och 3 > 2", [(P, "1 < 2 och 3 > 2")]),
        ("e\u0301lan", [(P, "élan")]),
        ("mjuk\u00adt", [(P, "mjukt")]),
        ("a\0b\ud800c\x01d", [(P, "abcd")]),
        ("<p>a\0b</p><p>c\ud800d</p>", [(P, "ab"), (P, "cd")]),
        ("it\x92s \x96 \x93so\x94\x81", [(P, "it’s – “so”")]),
        ("<b>it\x92s</b>", [(P, "it’s")]),
        ("", []),
        ("<p> </p>", []),
        ("<p>-5 grader</p>", [(P, "-5 grader")]),
    ],
)
def test_cell_becomes_blocks(cell: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(cell) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "<p>Vad.</p><p><b>Motivering:</b> Varför.</p>",
        "<p>Vad.</p><p><strong>Motivering</strong>: Varför.</p>",
        "<p>Vad. <b>Motivering:</b> Varför.</p>",
        "<p>Vad.</p><p><b>Motivering:</b></p><p>Varför.</p>",
        "Vad.\nMotivering: Varför.",
    ],
)
def test_motivation_is_split_off(cell: str) -> None:
    description, motivation = html.split_motivation(html.blocks(cell))
    assert description == (Block("paragraph", "Vad."),)
    assert motivation == (Block("paragraph", "Varför."),)


def test_text_without_the_label_has_no_motivation() -> None:
    text = html.blocks("<p>Projektets motivering är god.</p>")
    assert html.split_motivation(text) == (text, ())


def test_deep_nesting_is_read_without_recursion() -> None:
    assert blocks("<div>" * 20_000 + "djupt")[0][1].endswith("djupt")


def test_a_long_cell_that_is_no_label_can_be_written() -> None:
    assert html.Cell("ord " * 60 + "\ud800\x92").label == "ord " * 60 + "’"


@given(st.text(st.characters(codec=None), max_size=200))
def test_nothing_but_text_comes_out(cell: str) -> None:
    for block in html.blocks(cell):
        assert block.text == html.clean(block.text) != ""


@given(st.lists(st.sampled_from(["<p>", "</p>", "<li>", "<b>", "</b>", "<ul>", "ord", " "])))
def test_words_are_neither_lost_nor_joined_across_blocks(pieces: list[str]) -> None:
    text = " ".join(block.text for block in html.blocks("".join(pieces)))
    assert text.count("ord") == pieces.count("ord")
