"""The sets of searches over fifty made-up decisions, `tests/data/sets.jsonl`, counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.build import build
from index.swedish import analyze
from search.request import SearchRequest
from search.searcher import Searcher
from tests.benchmarks import sets
from tests.benchmarks.sets import Corpus, TotalRow, Why

FOUND = {
    "arbetslöshet": {
        "Ut ur arbetslösheten",
        "Unga in i yrket",
        "Kurser i norr",  # ungdomsarbetslöshet
        "Vägen tillbaka",  # arbetssökande
    },  # and not *arbetet i lös form*: -lös is a suffix
    "grundvatten": {"Rent grundvatten", "Brunnen vid ån"},
    "arbetsliv": {"Ett arbetsliv i bilder", "Arbetslivsmuseet", "Balans"},
    "datasäkerhet": {"Datasäkerhet på kontoret", "Cybersäkerhet", "Säkra kablar"},
    "bostadsbrist": {"Mot bostadsbrist", "Hus för alla", "Tak över huvudet"},
    "skola": {"En ny skola", "Skolgården", "Musik för barn"},  # and no Högskolan
    "förskola": {"Lekplatsen", "Musik för barn"},
    "tandläkarbrist": {"Tandläkarbristen i norr", "Kliniken"},
    "kompetensförsörjning": {"Kompetensförsörjning i vården", "Svetsare", "Kockar"},
    "kompetensförsörning": {"Kompetensförsörjning i vården", "Svetsare", "Kockar"},
    "kulturarv": {"Bygdens kulturarv", "Åtta ord"},
    "psykisk hälsa": {"Psykisk hälsa", "Samtal"},
    "ungas arbetslöshet": {"Unga in i yrket", "Kurser i norr"},
    "samer": {"Samer i staden", "Samiska slöjder"},
    "skolhälsa": set(),  # *hälsa* is there, its head
    "trafiksäkerhet": set(),
}
"""Query -> titles."""

REASONS: dict[str, dict[str, Why]] = {
    "arbetslöshet": {
        "Ut ur arbetslösheten": "word",
        "Kurser i norr": "word",
        "Vägen tillbaka": "theme",
        "Säsong vid kusten": "near",
        "Hantverk": "apart",
        "Lös och ledig": "apart",  # title and description
        "Lek på torget": "apart",  # Arbetsförmedlingen
        "Kliniken": "other",
    },
    "grundvatten": {
        "Rent grundvatten": "word",
        "Brunnar": "apart",  # Grundvattenrådet
        "Brunnen vid ån": "near",
        "Simning": "apart",
    },
    "kompetensförsörjning": {
        "Svetsare": "theme",  # försörjning av kompetens
        "Odling": "apart",
        "Butik": "other",  # tillgång, and much later kompetens
    },
    "bostadsbrist": {"Hus för alla": "theme", "Tak över huvudet": "theme", "Vi hjälps åt": "apart"},
    "kulturarv": {"Bygdens kulturarv": "word", "Åtta ord": "near", "Nio ord": "apart"},
    "förskola": {"Lekplatsen": "word", "Fjärilar": "other"},
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    path = tmp_path_factory.mktemp("sets") / "index"
    build([sets.OWN], path)
    return Corpus(Searcher.open(path))


@pytest.fixture(scope="module")
def titles(corpus: Corpus) -> dict[str, str]:
    """Identifier -> title; no title stands twice."""
    decisions = corpus.searcher.whole(SearchRequest()).decisions
    return {decision.id: decision.title for decision in decisions}


@pytest.mark.parametrize("query", FOUND)
def test_the_set_is_what_a_person_counts(
    query: str, corpus: Corpus, titles: dict[str, str]
) -> None:
    assert {titles[key] for key in corpus.found(query)} == FOUND[query]


def test_parts_that_are_all_there_are_near_each_other(corpus: Corpus) -> None:
    rows = [corpus.row(word) for word in sets.COMPOUNDS]
    assert sum(row.why["near"] for row in rows) >= 5
    share = sets.share(rows)
    assert share is not None and share >= 0.95


def test_every_decision_of_a_set_has_a_reason_to_be_in_it(corpus: Corpus) -> None:
    rows = [corpus.row(word) for word in sets.COMPOUNDS]
    assert {row.word: row.why["other"] for row in rows if row.why["other"]} == {}


def test_without_dots_the_word_with_dots_is_found_too(
    corpus: Corpus, titles: dict[str, str]
) -> None:
    assert "Psykisk hälsa" in {titles[key] for key in corpus.found("psykisk halsa")}


@pytest.mark.parametrize("word", REASONS)
def test_reasons_are_judged_without_the_engine(
    word: str, corpus: Corpus, titles: dict[str, str]
) -> None:
    what = sets.meaning(word, corpus.themes)
    identifiers = {title: key for key, title in titles.items()}
    reasons = {title: corpus.why(identifiers[title], what) for title in REASONS[word]}
    assert reasons == REASONS[word]


@pytest.mark.parametrize(
    ("query", "whole", "owner_only", "snowball"),
    [
        ("arbetslöshet", 2, 0, 2),
        ("förskola", 2, 1, 0),  # Snowball parts *förskola* from *förskolan*
        ("grundvatten", 1, 0, 1),
        ("skola", 1, 0, 1),
        ("psykisk hälsa", 1, 0, 1),
        ("ungas arbetslöshet", 1, 0, 1),
        ("kompetensförsörning", 0, 0, 0),
    ],
)
def test_simpler_ways_to_count(
    query: str, whole: int, owner_only: int, snowball: int, corpus: Corpus
) -> None:
    row = corpus.total(query)
    assert row == TotalRow(query, row.total, whole, owner_only, snowball)


def test_near_is_eight_words_at_most() -> None:
    assert sets.near([[1], [8]])
    assert not sets.near([[1], [9]])
    assert sets.near([[20, 3], [10, 40], [7]])
    assert not sets.near([[1], [8], [15]])  # each near the next, but not all in one stretch
    assert not sets.near([[1], []])


def test_a_compound_is_cut_in_every_way_that_leaves_words() -> None:
    (token,) = analyze("landsbygdsutveckling")
    cuts = {"+".join(part.word for part in cut) for cut in sets.cuts_of(token.parts)}
    assert cuts == {"land+bygd+utveckling", "landsbygd+utveckling", "land+bygdsutveckling"}


def test_every_compound_that_is_measured_has_parts(corpus: Corpus) -> None:
    assert [word for word in sets.COMPOUNDS if not sets.meaning(word, corpus.themes).cuts] == []


def test_both_tables_are_printed_over_a_given_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("".join(sets.OWN.read_text("utf-8").splitlines(True)[:6]), "utf-8")
    sets.main([str(few)])
    lines = capsys.readouterr().out.splitlines()
    assert "6 decisions of few.jsonl" in lines
    names = [line.split("  ")[0] for line in lines]
    assert set(names) >= {"compound", *sets.COMPOUNDS, "all", "search", *sets.QUERIES}
