"""Which word was meant, and which piece of a text shows why it was found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.swedish import analyze, bag, is_function_word
from index.vocabulary import WordCount
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


WRITTEN = """
hälsa Hälsan elevhälsa ELEVHÄLSAN ohälsa riks-förbund Riksförbundet och eller studie-
yrkesvägledning studie/yrkesvägledning elevhälso- -vård EU:s EUs eus 2 800 000 2026:1 000-hälsa
info@hälsa.se a_hälsa e-hälsa hälso\u00adval ha\u0308lsa café CAFÉ 12hälsa hälsa12 - – .
"""
WORDS = st.sampled_from(WRITTEN.split())
SPACES = st.sampled_from([" ", " ", " ", "\n", ", ", ". ", "\u00a0", "/", ""])
STEMS = sorted({part.stem for one in ("elevhälsa", "riksförbund", "studievägledning", "eus", "EU",
                "kafé", "000", "2026:1", "2800000", "elevhälsovård", "val")
                for token in analyze(one) for part in (token, *token.parts)})  # fmt: skip


def marked_slowly(text: str, stems: set[str]) -> list[tuple[int, int]]:
    """Every word of the text looked into."""
    spans = []
    for token in analyze(text):
        parts = [part for part in token.parts if part.stem in stems]
        if not is_function_word(token.surface) and token.stem in stems:
            spans.append(snippets.Mark(token.start, token.end, ""))
        elif not is_function_word(token.surface):
            spans += [snippets.Mark(p.start, p.end, "") for p in parts if p.kind != "ellipsis"]
        spans += [snippets.Mark(p.start, p.end, "") for p in parts if p.kind == "ellipsis"]
    return [(mark.start, mark.end) for mark in snippets._disjoint(spans)]


@settings(max_examples=500)
@given(
    st.lists(st.tuples(WORDS, SPACES), max_size=12).map(lambda some: "".join(map("".join, some))),
    st.sets(st.sampled_from(STEMS), min_size=1, max_size=3),
)
def test_what_is_looked_for_is_what_looking_at_every_word_finds(text: str, stems: set[str]) -> None:
    count = WordCount()
    for record, _ in bag(text).words:
        count.add({record.surface: record})
    carriers = {word for word, facts in count.facts.items() if stems & {facts.stem, *facts.parts}}
    marks = Marks(stems=stems, carriers=frozenset(carriers))
    found = [(mark.start, mark.end) for mark in snippets.marked(text, marks)]
    assert found == marked_slowly(text, stems)


def test_the_best_window_of_a_very_long_text_is_found_late_in_it() -> None:
    text = "Utfyllnad är det här. " * 5_000 + "Till sist om elevhälsan här. " + "Mer text. " * 5_000
    snippet = snippets.best("d", text, Marks(stems={"häls"}))
    assert hits(snippet) == ["hälsan"]
    assert "Till sist om elevhälsan här." in cut(snippet)


def test_the_index_knows_the_words_that_carry_a_stem(sample: Engine) -> None:
    assert {"hälsa", "elevhälsa", "folkhälsa"} <= sample.vocabulary.carriers("häls")
    assert "skola" not in sample.vocabulary.carriers("häls")
    assert sample.vocabulary.carriers("finns-inte") == frozenset()
