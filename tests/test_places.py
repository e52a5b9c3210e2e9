"""The index knows where in a text each word begins, so what is marked is never sought again."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.filestore import FileStorage

from index.build import build
from index.storage import word_starts
from index.storage.schema import NEAR, texts
from index.storage.word_starts import WordStarts
from index.swedish import Token, analyze
from search.marks import Marks, Place
from search.request import SearchRequest
from search.searcher import MARKED, Searcher
from search.snippets import marked
from tests.reference import stems

WORDS = """
hälsa Hälsan elevhälsa ELEVHÄLSAN ohälsa riks-förbund Riksförbundet och eller studie-
yrkesvägledning studie/yrkesvägledning elevhälso- -vård EU:s EUs eus 2 800 000 2026:1 000-hälsa
info@hälsa.se a_hälsa e-hälsa hälso\u00adval ha\u0308lsa café CAFÉ 12hälsa hälsa12 - – .
"""
WRITTEN = WORDS.split()
SPACES = [" ", " ", " ", ", ", ". ", "\u00a0", "/", "", "</p><p>", "." * 300 + " "]
STEMS = sorted({part.stem for one in ("elevhälsa", "riksförbund", "studievägledning", "eus", "EU",
                "kafé", "000", "2026:1", "2800000", "elevhälsovård", "val")
                for token in analyze(one) for part in (token, *token.parts)})  # fmt: skip


def written(chance: random.Random, words: int) -> str:
    return "".join(chance.choice(WRITTEN) + chance.choice(SPACES) for _ in range(words))


@pytest.fixture(scope="module")
def random_texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """An index of decisions that were put together by chance, in two segments."""
    folder = tmp_path_factory.mktemp("places")
    chance = random.Random(13)
    for name in ("a", "b"):
        records = [
            {
                "title": f"{name} {number} {chance.choice(WRITTEN)}",
                "owner": " ".join(chance.sample(WRITTEN, 2)),
                "description": f"<p>{written(chance, chance.randrange(40))}</p>",
                "motivation": f"<p>{written(chance, chance.randrange(10))}</p>",
                "round": "Omgång 1",
            }
            for number in range(60)
        ]
        lines = (json.dumps(record, ensure_ascii=False) for record in records)
        (folder / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
        build([folder], folder / "index")
    searcher = Searcher.open(folder / "index")
    yield searcher
    searcher.close()


def tokens(text: str) -> Iterator[tuple[int, int, Token]]:
    """The position of each word of a text, where its line begins, and the word; a line end counts
    as a position."""
    position = start = 0
    for line in text.split("\n"):
        for token in analyze(line):
            yield position + token.position, start, token
        position += len(analyze(line)) + 1
        start += len(line) + 1


def slowly(text: str, field: str, marks: Marks) -> list[Place]:
    """The places in a text by analysing all of it."""
    words = [*tokens(text)]
    begins = {position: start + token.start for position, start, token in words}
    standing = {(at, stem) for at, _, token in words for stem in stems(token, field)}
    found = {one for one in standing if one[1] in marks.stems}
    found |= {(at, one.surface) for at, _, one in words if one.surface in marks.surfaces}
    for groups in marks.together:
        for first in begins:
            stretch = {one for one in standing if first <= one[0] < first + NEAR}
            if all(any(stem in group for _, stem in stretch) for group in groups):
                found |= {one for one in stretch if any(one[1] in group for group in groups)}
    places = [Place(begins[at], begins[at], key) for at, key in found]
    surfaces = {at: token.surface for at, _, token in words}
    for phrase in marks.phrases:
        for at in surfaces:
            if all(surfaces.get(at + n) == word for n, word in enumerate(phrase)):
                places.append(Place(begins[at], begins[at + len(phrase) - 1], " ".join(phrase)))
    return sorted(places)


def marks_by_chance(chance: random.Random) -> Marks:
    surfaces = [analyze(one)[0].surface for one in WRITTEN if analyze(one)]
    some = chance.choice(["stems", "surfaces", "phrases", "together", "all"])
    marks = Marks()
    if some in ("stems", "all"):
        marks.stems.update(chance.sample(STEMS, 2))
    if some in ("surfaces", "all"):
        marks.surfaces.update(chance.sample(surfaces, 2))
    if some in ("phrases", "all"):
        marks.phrases.add(tuple(chance.sample(surfaces, 2)))
    if some in ("together", "all"):
        pool = chance.sample(STEMS, 3)
        marks.together.add((frozenset(pool[:2]), frozenset(pool[2:])))
    return marks


def test_the_index_tells_the_places_that_analysing_the_text_finds(random_texts: Searcher) -> None:
    chance = random.Random(31)
    keys = [random_texts.engine.key(one) for one in random_texts.identifiers()]
    found = 0
    for _ in range(150):
        marks = {name: marks_by_chance(chance) for name in MARKED}
        some = chance.sample(keys, 9)
        places = random_texts.engine.places(some, marks)
        for decision, here in zip(random_texts.engine.decisions(some), places, strict=True):
            text = texts(decision)
            expected = {name: slowly(text[name], name, marks[name]) for name in MARKED}
            assert here == {name: one for name, one in expected.items() if one}
            found += len(here)
    assert found > 500


def test_what_is_marked_are_the_words_and_parts_that_the_places_are_there_for(
    random_texts: Searcher,
) -> None:
    for identifier in random_texts.identifiers()[:60]:
        decision = random_texts.get(identifier)
        assert decision is not None
        text = texts(decision)["description"]
        for stem in STEMS:
            expected = []
            for _, start, token in tokens(text):
                parts = [p for p in token.parts if p.stem == stem and p.kind != "ellipsis"]
                spans = [(part.start, part.end) for part in parts]
                if stem not in stems(token, "description"):
                    continue
                if token.stem == stem or not parts:
                    spans = [(token.start, token.end)]
                expected += [(start + a, start + b) for a, b in spans]
            marks = marked(text, slowly(text, "description", Marks(stems={stem})))
            assert [(mark.start, mark.end) for mark in marks] == _joined(expected)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    spans = sorted(spans)
    assert all(one[1] <= other[0] or other[1] <= one[1] for one, other in pairwise(spans))
    return [one for at, one in enumerate(spans) if not at or spans[at - 1][1] <= one[0]]


def test_a_distance_that_a_byte_cannot_tell_is_kept_whole(tmp_path: Path) -> None:
    starts = [0, 255, 511, 700_000, 700_000, 0, 0, 3, 1_000, 0]
    segment = W3Segment(W3Codec(), "MAIN")
    storage = FileStorage(str(tmp_path))
    word_starts.write(storage, segment, np.array(starts, np.uint32))
    found = WordStarts(tmp_path, segment)
    assert len(found) == len(starts)
    assert found.between(0, 5).tolist() == starts[:5]
    assert found.between(7, 9).tolist() == starts[7:9]


def marked_in(searcher: Searcher, query: str) -> list[str]:
    hit = searcher.search(SearchRequest(q=query)).hits[0]
    return [one.text for snippet in hit.snippets for one in snippet.segments if one.hit]


def test_parts_of_a_compound_are_marked_where_they_stand_together(
    make_engine: Callable[..., Searcher],
) -> None:
    far = " ".join(f"ord{n}" for n in range(20))
    text = f"Bergets katter mår bra. {far}. Ett annat berg. {far}. Andra katter."
    searcher = make_engine(f"Ägaren\tTiteln\t{text}\t1")
    assert marked_in(searcher, "bergkatter") == ["Bergets", "katter"]
    decision = searcher.get(searcher.identifiers()[0])
    assert decision is not None
    whole = searcher.marked(decision, SearchRequest(q="bergkatter"))["description"]
    assert [one.text for block in whole for one in block if one.hit] == ["Bergets", "katter"]
