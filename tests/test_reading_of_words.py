"""What a tired person types is found, counted truly, and said."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.build import build
from search.request import SearchRequest
from search.result import SearchResult
from search.searcher import Searcher
from tests.conftest import document
from web.messages import note

ROWS = (
    "Ankeby kommun\tPsykisk hälsa i skolan\tVi stärker elevers psykiska hälsa.\t798582",
    "Kungliga tekniska högskolan\tBroar\tBroarna ska hålla länge.\t1",
    "Byalaget\tTandvård\tTandläkare saknas, det är brist i hela länet.\t2",
    "Byalaget\tVårdkö\tDet är brist på personal. " + "Många andra ord står här emellan. " * 3
    + "Sist av allt nämns en tandläkare.\t3",
    "Byalaget\tFoldern\tEn folder om floder.\t4",
    "Byalaget\tKompetensförsörjning\tVi arbetar med försörjning av kompetens.\t5",
    "Byalaget\tHals\tEn hals.\t6",
    "Byalaget\tHälsan\tHälsa, hälsa.\t7",
)  # fmt: skip


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("typed")
    (folder / "a.txt").write_text(document(*ROWS), "utf-8")
    build([folder / "a.txt"], folder / "index")
    (folder / "no-themes.txt").write_text("", "utf-8")
    return Searcher.open(folder / "index", themes=folder / "no-themes.txt")


def search(searcher: Searcher, q: str) -> SearchResult:
    return searcher.search(SearchRequest(q=q))


def titles(searcher: Searcher, q: str) -> list[str]:
    return sorted(hit.decision.title for hit in search(searcher, q).hits)


def test_parts_far_apart_are_not_the_compound(searcher: Searcher) -> None:
    assert titles(searcher, "tandläkarbrist") == ["Tandvård"]


def test_an_owners_compound_is_not_taken_apart_but_inflects(searcher: Searcher) -> None:
    assert titles(searcher, "skola") == ["Psykisk hälsa i skolan"]
    assert titles(searcher, "högskola") == ["Broar"]
    assert titles(searcher, "ägare:skola") == []


def test_a_head_word_is_in_no_total(searcher: Searcher) -> None:
    result = search(searcher, "lärarbrist")
    assert (result.total, result.stats.sum) == (0, 0)
    assert {hit.decision.title for hit in result.partial} == {"Tandvård", "Vårdkö"}
    assert [one.kind for one in result.interpretation[0].expansions] == ["head"]


@pytest.mark.parametrize(
    "q",
    [
        "Vilka projekt handlar om psykisk hälsa?",
        "hur gör man för psykisk hälsa",
        "finns det projekt om psykisk hälsa",
    ],
)
def test_a_question_is_searched_by_its_topic_and_says_so(searcher: Searcher, q: str) -> None:
    assert titles(searcher, q) == titles(searcher, "psykisk hälsa")
    assert search(searcher, q).notes[0].code == "words-without-content"


def test_words_without_content_count_in_a_list_of_words_and_alone(searcher: Searcher) -> None:
    assert titles(searcher, "brist projekt") == []
    assert titles(searcher, "vad finns") == []


def test_dots_are_tried_beside_what_was_typed(searcher: Searcher) -> None:
    assert titles(searcher, "halsa") == ["Hals", "Hälsan", "Psykisk hälsa i skolan"]
    assert titles(searcher, "psykisk halsa") == titles(searcher, "psykisk hälsa")
    assert titles(searcher, "tandlakarbrist") == ["Tandvård"], "in parts, which nobody wrote"
    assert titles(searcher, "hals") == ["Hals"]


def test_a_corrected_word_is_read_like_any(searcher: Searcher) -> None:
    right = titles(searcher, "kompetensförsörjning")
    assert titles(searcher, "kompetensförsörning") == right
    kinds = {
        one.kind for one in search(searcher, "kompetensförsörning").interpretation[0].expansions
    }
    assert {"spelling", "parts"} <= kinds


def test_a_word_with_an_ending_of_its_own_is_not_another(searcher: Searcher) -> None:
    assert search(searcher, "folderna").suggestion == "folder"


def test_an_amount_is_found_as_the_site_prints_it(searcher: Searcher) -> None:
    for q in ("798 582", "798 582 kr", "798\u00a0582\u00a0kr", "798582 SEK", "798 582 kronor"):
        assert titles(searcher, q) == ["Psykisk hälsa i skolan"]


@pytest.mark.parametrize("name", ["ägare", "agare", "Ägare", "owner", "projektägare"])
def test_a_field_has_several_names(searcher: Searcher, name: str) -> None:
    assert titles(searcher, f"{name}:ankeby") == ["Psykisk hälsa i skolan"]


def test_a_line_break_is_a_space(searcher: Searcher) -> None:
    assert titles(searcher, "psykisk\r\nhälsa") == titles(searcher, "psykisk hälsa")


def test_of_a_long_query_the_most_telling_words_are_searched(searcher: Searcher) -> None:
    result = search(searcher, "broarna folder " + "xyz " * 200)
    assert [hit.decision.title for hit in result.partial] == ["Broar", "Foldern"]
    assert [*map(note, result.notes)] == [
        "Sökningen är längre än 32 ord eller 512 tecken. Bara de mest utmärkande orden söktes: "
        "broarna, folder."
    ]


def test_partial_matches_are_ranked_by_what_they_have(searcher: Searcher) -> None:
    partial = search(searcher, "brist personal folder").partial
    assert {hit.decision.title for hit in partial} == {"Vårdkö", "Tandvård", "Foldern"}
    assert [one.score for one in partial] == sorted((one.score for one in partial), reverse=True)


def test_each_kind_of_reading_is_said_once_with_how_many_there_are(searcher: Searcher) -> None:
    (word,) = search(searcher, "hälsa").interpretation
    kinds = [one.kind for one in word.expansions]
    assert len(kinds) == len(set(kinds))
    assert all(one.total >= len(one.words) for one in word.expansions)


def test_a_files_sets_hold_in_a_field(tmp_path: Path) -> None:
    rows = ["A\tBrist\tTandläkare.\t1", "A\tTandläkare och brist\tIngenting.\t2"]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    found = Searcher.open(tmp_path / "index")
    assert titles(found, "tandläkarbrist") == ["Tandläkare och brist"]
    assert titles(found, "titel:tandläkarbrist") == ["Tandläkare och brist"]
    assert titles(found, "beskrivning:tandläkarbrist") == []
