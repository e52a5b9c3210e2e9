"""Which word was meant, and which piece of a text shows why it was found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import snippets
from search.engine import Engine
from search.expand import Marks
from search.spelling import correction, distance

letters = st.text("abcdeåäö", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        ("hälsa", "hälsa", 0.0),
        ("hällsa", "hälsa", 0.5),
        ("helsa", "hälsa", 0.5),
        ("hålsa", "hälsa", 1.0),
        ("häsla", "hälsa", 0.8),
        ("hlsa", "hälsa", 1.0),
        ("hälsan", "hälsa", 1.0),
        ("sivilsamhälle", "civilsamhälle", 0.5),
    ],
)
def test_common_slips_cost_less(one: str, other: str, cost: float) -> None:
    assert distance(one, other, 3) == pytest.approx(cost)


@given(letters, letters)
def test_distance_is_symmetric_and_zero_for_the_same_word_only(one: str, other: str) -> None:
    assert distance(one, other, 99) == pytest.approx(distance(other, one, 99))
    assert (distance(one, other, 99) == 0) == (one == other)


@given(letters, letters, st.sampled_from([0.5, 1.0, 2.0]))
def test_a_bound_changes_no_distance_within_it(one: str, other: str, bound: float) -> None:
    full = distance(one, other, 99)
    bounded = distance(one, other, bound)
    assert bounded == pytest.approx(full) if full <= bound else bounded > bound


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("civilsammhälle", "civilsamhälle"), ("gymnasieskollan", "gymnasieskolan"),
     ("glesbyggd", "glesbygd"), ("kompetans", "kompetens"), ("kirunna", "kiruna")],
)  # fmt: skip
def test_a_slip_is_put_right_by_a_word_of_the_index(sample: Engine, typed: str, meant: str) -> None:
    assert correction(typed, sample.vocabulary) == meant


@pytest.mark.parametrize("word", ["skogar", "katt", "hästar", "x", "abc", "2040", "", "elbilar"])
def test_a_word_that_is_right_is_left_alone(sample: Engine, word: str) -> None:
    assert correction(word, sample.vocabulary) is None


TEXT = (
    "Första meningen handlar om inget särskilt. Andra meningen nämner hälsa en gång. "
    "Tredje meningen är bara utfyllnad och lång, så att fönstret inte rymmer allt på en gång. "
    "Fjärde meningen har psykisk hälsa och elevhälsa, alltså mest. Femte slutar.\n"
    "Nytt stycke."
)


def cut(snippet: snippets.Snippet | None) -> str:
    assert snippet is not None
    return "".join(segment.text for segment in snippet.segments)


def hits(snippet: snippets.Snippet | None) -> list[str]:
    assert snippet is not None
    return [segment.text for segment in snippet.segments if segment.hit]


def test_the_best_window_is_taken_not_the_first() -> None:
    snippet = snippets.best("description", TEXT, Marks(stems={"häls", "psykisk"}))
    assert "Fjärde meningen" in cut(snippet)
    assert {"psykisk", "hälsa"} <= set(hits(snippet))
    assert len(cut(snippet)) <= snippets.MAX_CHARACTERS


def test_whole_sentences_are_shown_where_they_fit() -> None:
    text = cut(snippets.best("description", TEXT, Marks(stems={"häls", "psykisk"})))
    assert text[0].isupper()
    assert text.endswith(".")


def test_a_long_sentence_is_cut_at_words_around_the_hit() -> None:
    text = "ord " * 200 + "hälsa " + "slut " * 200
    snippet = snippets.best("description", text.strip(), Marks(stems={"häls"}))
    assert snippet is not None
    assert snippet.before and snippet.after
    assert hits(snippet) == ["hälsa"]
    assert set(cut(snippet).split()) <= {"ord", "hälsa", "slut"}


def test_a_phrase_is_marked_as_one_and_words_alone_are_not() -> None:
    marks = Marks(phrases={("psykisk", "hälsa")})
    assert hits(snippets.best("d", "Om hälsa och psykisk hälsa.", marks)) == ["psykisk hälsa"]


def test_a_text_without_a_hit_has_no_snippet() -> None:
    assert snippets.best("d", TEXT, Marks(stems={"zzz"})) is None
    assert snippets.whole("title", "Hälsa", Marks()) is None


@given(st.text(max_size=400), st.sets(st.sampled_from(["a", "b", "ord", "häls"])))
def test_segments_are_a_cut_of_the_text(text: str, stems: set[str]) -> None:
    for snippet in (snippets.best("d", text, Marks(stems=stems)), snippets.opening("d", text)):
        if snippet is not None:
            assert cut(snippet) in text
