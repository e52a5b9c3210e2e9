"""Which word was meant, and which piece of a text shows why it was found."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.storage import spelling_filter
from index.storage.spelling_filter import Sieve
from index.swedish import analyze
from search import snippets
from search.marks import Place
from search.searcher import Searcher
from search.spelling import correction, distances

letters = st.text("abcdeåäö", min_size=1, max_size=8)


def apart(word: str, *others: str) -> list[float]:
    found: list[float] = distances(word, spelling_filter.letters(others)).tolist()
    return found


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
    assert apart(one, other) == pytest.approx([cost])


@given(letters, letters)
def test_distance_is_symmetric_and_zero_for_the_same_word_only(one: str, other: str) -> None:
    assert apart(one, other) == pytest.approx(apart(other, one))
    assert (apart(one, other) == [0]) == (one == other)


def distance_by_definition(one: str, other: str) -> float:
    """The cheapest way to write `other` for `one`, by recursion on what is left of both."""

    def gap(word: str, at: int) -> float:
        return 0.5 if at and word[at] == word[at - 1] else 1.0

    def replacement(a: str, b: str) -> float:
        return 0.0 if a == b else 0.5 if {a, b} in ({"e", "ä"}, {"å", "a"}, {"ä", "a"}) else 1.0

    @functools.cache
    def cost(i: int, j: int) -> float:
        ways = [0.0] if i == len(one) and j == len(other) else []
        if i < len(one):
            ways.append(gap(one, i) + cost(i + 1, j))
        if j < len(other):
            ways.append(gap(other, j) + cost(i, j + 1))
        if i < len(one) and j < len(other):
            ways.append(replacement(one[i], other[j]) + cost(i + 1, j + 1))
        if one[i : i + 2] == other[j : j + 2][::-1] and len(one[i : i + 2]) == 2:
            ways.append(0.8 + cost(i + 2, j + 2))
        return min(ways)

    return cost(0, 0)


few = st.text("abeäå", min_size=1, max_size=6)


@given(few, st.lists(few, min_size=1, max_size=5))
def test_distances_are_those_of_the_definition(one: str, others: list[str]) -> None:
    expected = [distance_by_definition(one, other) for other in others]
    assert apart(one, *others) == pytest.approx(expected)


def edits(word: str) -> set[str]:
    """Everything that one edit makes of a word."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(a + letter + b for a, b in cuts for letter in "aeö"),
        *(a + letter + b[1:] for a, b in cuts if b for letter in "aeö"),
        *(a + b[1:] for a, b in cuts if b),
        *(a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1),
    }


def test_the_sieve_lets_every_edit_through_and_little_else(tmp_path: Path) -> None:
    one = sorted(edits("hälsa"))
    two = sorted({other for some in one for other in edits(some)})
    others = ["kompetensförsörjning", "skolan", "norra", "glesbygd", "halkar"]
    spelling_filter.write(tmp_path, [*one, *others[:2]])
    assert {*range(len(one))} == {*Sieve(tmp_path).near("hälsa", 1).tolist()}
    (tmp_path / "more").mkdir()
    spelling_filter.write(tmp_path / "more", [*two, *others[2:]], before=tmp_path)
    words = [*one, *others[:2], *two, *others[2:]]
    found = {words[at] for at in Sieve(tmp_path / "more").near("hälsa", 2).tolist()}
    assert {*one, *two} <= found
    assert found.isdisjoint(others[:4])


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=12), max_size=5))
@example(["\U00020000a"])
def test_the_sieve_keeps_the_letters_of_each_spelling(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("sieve")
    spelling_filter.write(folder, words)
    rows = np.arange(len(words))[::-1]
    codes = spelling_filter.letters(words)
    assert np.count_nonzero(codes, axis=1).tolist() == [*map(len, words)], "none is 0"
    assert np.array_equal(Sieve(folder).codes(rows), codes[::-1])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("civilsammhälle", "civilsamhälle"), ("gymnasieskollan", "gymnasieskolan"),
     ("glesbyggd", "glesbygd"), ("kompetans", "kompetens"), ("kirunna", "kiruna")],
)  # fmt: skip
def test_a_slip_is_put_right_by_a_word_of_the_index(
    sample: Searcher, typed: str, meant: str
) -> None:
    assert correction(typed, sample.engine.vocabulary) == meant


@pytest.mark.parametrize("word", ["skogar", "katt", "hästar", "x", "abc", "2040", "", "elbilar"])
def test_a_word_that_is_right_is_left_alone(sample: Searcher, word: str) -> None:
    assert correction(word, sample.engine.vocabulary) is None


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


def places(text: str, *stems: str) -> list[Place]:
    """What an index says of a text: where words with the stems, or parts with them, begin."""
    return [
        Place(token.start, token.start, stem)
        for token in analyze(text)
        for stem in stems
        if stem in {token.stem, *(part.stem for part in token.parts)}
    ]


def test_the_best_window_is_taken_not_the_first() -> None:
    snippet = snippets.best("description", TEXT, places(TEXT, "häls", "psykisk"))
    assert "Fjärde meningen" in cut(snippet)
    assert {"psykisk", "hälsa"} <= set(hits(snippet))
    assert len(cut(snippet)) <= snippets.MAX_CHARACTERS


def test_whole_sentences_are_shown_where_they_fit() -> None:
    text = cut(snippets.best("description", TEXT, places(TEXT, "häls", "psykisk")))
    assert text[0].isupper()
    assert text.endswith(".")


def test_a_long_sentence_is_cut_at_words_around_the_hit() -> None:
    text = "ord " * 200 + "hälsa " + "slut " * 200
    snippet = snippets.best("description", text, places(text, "häls"))
    assert snippet.before and snippet.after
    assert hits(snippet) == ["hälsa"]
    assert set(cut(snippet).split()) <= {"ord", "hälsa", "slut"}


def test_a_phrase_is_marked_as_one() -> None:
    text = "Om hälsa och psykisk hälsa."
    snippet = snippets.best("d", text, [Place(13, 21, "psykisk hälsa")])
    assert hits(snippet) == ["psykisk hälsa"]


def test_of_a_compound_the_part_is_marked() -> None:
    text = "Om elevhälsan."
    assert hits(snippets.whole("title", text, places(text, "häls"))) == ["hälsan"]
    assert hits(snippets.whole("title", text, places(text, "elev", "häls"))) == ["elev", "hälsan"]
    assert hits(snippets.whole("title", text, places(text, "elevhäls"))) == ["elevhälsan"]


@given(st.text(max_size=400), st.sets(st.sampled_from(["a", "b", "ord", "häls"])))
def test_segments_are_a_cut_of_the_text(text: str, stems: set[str]) -> None:
    assert cut(snippets.opening("d", text)) in text
    some = places(text, *stems)
    if some:
        assert cut(snippets.best("d", text, some)) in text


def test_the_best_window_of_a_very_long_text_is_found_late_in_it() -> None:
    text = "Utfyllnad är det här. " * 5_000 + "Till sist om elevhälsan här. " + "Mer text. " * 5_000
    snippet = snippets.best("d", text, [Place(at := text.index("elevhälsan"), at, "häls")])
    assert hits(snippet) == ["hälsan"]
    assert "Till sist om elevhälsan här." in cut(snippet)
