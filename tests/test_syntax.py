"""What was typed -> a tree; every text has a reading."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.request import Message, RequestError, SearchLimits
from search.syntax import All, Any, Node, Not, Phrase, Prefix, Word, parse

LIMITS = SearchLimits()


def shown(node: Node) -> str:
    """A tree as a short text: & and |, - for not, field in front."""
    match node:
        case Word():
            return (f"{node.field}:" if node.field else "") + node.token.surface
        case Phrase():
            return (f"{node.field}:" if node.field else "") + f'"{node.text}"'
        case Prefix():
            return (f"{node.field}:" if node.field else "") + f"{node.text}*"
        case Not():
            return f"-{shown(node.child)}"
        case All():
            return f"({' & '.join(map(shown, node.children))})"
        case Any():
            return f"({' | '.join(map(shown, node.children))})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("psykisk hälsa", "(psykisk & hälsa)"),
        ("", "()"),
        ('"social hållbarhet" -skola', '("social hållbarhet" & -skola)'),
        ("”social hållbarhet”", '("social hållbarhet")'),
        ("«social hållbarhet»", '("social hållbarhet")'),
        ("skola ELLER kultur unga", "((skola | (kultur & unga)))"),
        ("(a ELLER b) c", "((a | b) & c)"),
        ("titel:hälsa bättre", "(title:hälsa & bättre)"),
        ("TITEL:hälsa", "(title:hälsa)"),
        ("ägare:Boden", "(owner:boden)"),
        ("beskrivning:a motivering:b", "(description:a & motivation:b)"),
        ("motivering:(a b)", "(motivation:a & motivation:b)"),
        ('titel:"a b"', '(title:"a b")'),
        ("titel:hälso*", "(title:hälso*)"),
        ("-titel:skola x", "(-title:skola & x)"),
        ("INTE skola hälsa", "(-skola & hälsa)"),
        ("skola INTE (a ELLER b)", "(skola & -(a | b))"),
        ("hälso* x", "(hälso* & x)"),
        ("hälso*** x", "(hälso* & x)"),
        ("2 540 000 kr", "(2540000)"),
        ("e-post", "(epost)"),
        ("a - b", "(a & b)"),
        ("foo:bar", "(foo & bar)"),
        ("inte ELLER", "(inte)"),
        ("eller", "(eller)"),
    ],
)
def test_query_is_read_as_meant(text: str, tree: str) -> None:
    assert shown(parse(text, LIMITS)) == tree


@pytest.mark.parametrize(
    "text",
    ['"obalanserad', "((((", "))))", "- -", "*", "?*", "* ?* *", "ELLER", "INTE", "titel:", '""',
     "a ELLER", "ELLER b", "( ) ( )", "-", "--", "\0", "😀", "\ud800", "-titel:ELLER", "a)b("],
)  # fmt: skip
def test_marks_that_fit_nowhere_are_passed_over(text: str) -> None:
    assert isinstance(parse(text, LIMITS), All)


@given(st.text(max_size=200))
def test_any_text_is_read_or_a_limit_is_named(text: str) -> None:
    with contextlib.suppress(RequestError):
        assert isinstance(parse(text, LIMITS), All)


@given(
    st.lists(
        st.sampled_from(['"', "(", ")", "-", "ELLER", "INTE", "titel:", "hälsa", "skola*", " "]),
        max_size=30,
    )
)
def test_any_mix_of_marks_is_read_or_a_limit_is_named(pieces: list[str]) -> None:
    with contextlib.suppress(RequestError):
        assert isinstance(parse(" ".join(pieces), LIMITS), All)
        assert isinstance(parse("".join(pieces), LIMITS), All)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('"' + "ord " * 9 + '"', Message.of("long-phrase", number=9, limit=8)),
        ("(" * 6 + "a" + ")" * 6, Message.of("deep-nesting", number=6, limit=5)),
        ("ab*", Message.of("short-prefix", least=3)),
    ],
)
def test_over_a_limit_the_error_names_it(text: str, names: Message) -> None:
    with pytest.raises(RequestError) as caught:
        parse(text, LIMITS)
    assert caught.value.message == names
    assert caught.value.parameter == "q"
