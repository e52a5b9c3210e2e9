"""Suggestions while typing: what is suggested, in which order, and that each count is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from search import spelling
from search.request import SearchRequest
from search.searcher import Searcher
from search.suggestions import LONGEST, Names, Suggestion, folded
from tests.conftest import document

Make = Callable[..., Searcher]
THEMES = "[Hälsa]\npsykisk hälsa, ungas psykiska hälsa, hälsa\n[Övrigt]\nelevhälsa, rymdfart\n"


def row(owner: str, title: str, text: str, amount: int = 1000) -> str:
    return f"{owner}\t{title}\t{text}\t{amount}"


ROWS = (
    row("Luleå kommun", "Elevhälsa för alla", "Psykisk hälsa och universitet."),
    row("Luleå kommun", "Elevhem vid ån", "Hälsan tiger still om psykisk ohälsa.", 9000),
    row("Umeå universitet", "Psykisk hälsa", "Ungas psykiska hälsa."),
    row("Umeå universitet", "Skola på ön", "Skolan och ungas hälsning."),
    row("Luleå tekniska universitet", "Elevers kompetens", "Kompetensutveckling.", 5000),
    row("S:t Eriks gymnasium", "En bro", "Kompetens."),
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("suggestions")
    (folder / "a.txt").write_text(document(*ROWS), "utf-8")
    (folder / "themes.txt").write_text(THEMES, "utf-8")
    build([folder / "a.txt"], folder / "index")
    return Searcher.open(folder / "index", themes=folder / "themes.txt")


def said(found: tuple[Suggestion, ...], kind: str = "") -> list[str]:
    """The labels, of one kind or of all."""
    return [one.label for one in found if kind in ("", one.kind)]


def reached(searcher: Searcher, one: Suggestion) -> int:
    """How many decisions there are where a suggestion leads to."""
    if one.kind == "title":
        return 1 if searcher.get(one.value) else 0
    if one.kind == "word":
        return searcher.search(SearchRequest(one.value)).total
    if one.kind == "theme":
        theme = searcher.theme(one.value)
        assert theme
        return searcher.search(SearchRequest(theme.name)).total
    party = searcher.party(one.kind, one.value)
    assert party
    return searcher.search(SearchRequest().filtered(one.kind, (party.label,))).total


TEXTS = [
    "ps", "hal", "häl", "psykisk häl", "psykisk h", "lulea", "univ", "umea u", "elev", "komp",
    "region", "vi", "sko", "kompetn", "psyksik", "ung", "alla", "s:t er", "hä psy",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_each_suggestion_leads_to_as_many_decisions_as_it_says(
    searcher: Searcher, text: str
) -> None:
    found = searcher.suggestions(text, limit=20)
    assert found
    assert [one.count for one in found] == [reached(searcher, one) for one in found]


@pytest.mark.parametrize("text", TEXTS)
def test_no_label_is_said_twice_and_the_pieces_are_the_label(searcher: Searcher, text: str) -> None:
    found = searcher.suggestions(text, limit=20)
    labels = [label.casefold() for label in said(found)]
    assert len({*labels}) == len(labels)
    assert ["".join(piece.text for piece in one.segments) for one in found] == said(found)
    assert all(piece.text for one in found for piece in one.segments)


def test_neither_dots_nor_capitals_need_be_typed(searcher: Searcher) -> None:
    for text in ("lulea", "LULEÅ", "luleå"):
        assert said(searcher.suggestions(text), "owner") == [
            "Luleå kommun",
            "Luleå tekniska universitet",
        ]
    assert "psykisk hälsa" in said(searcher.suggestions("halsa"), "theme")


def test_any_word_of_a_name_may_be_begun(searcher: Searcher) -> None:
    found = searcher.suggestions("univ")
    assert said(found, "owner") == ["Umeå universitet", "Luleå tekniska universitet"]
    assert said(searcher.suggestions("region"), "funder") == ["Region Vi"]
    assert said(searcher.suggestions("st er"), "owner") == ["S:t Eriks gymnasium"]


def test_what_was_typed_is_marked_in_the_label(searcher: Searcher) -> None:
    (one,) = (one for one in searcher.suggestions("umea univ") if one.kind == "owner")
    assert [(piece.text, piece.hit) for piece in one.segments] == [
        ("Umeå", True), (" ", False), ("univ", True), ("ersitet", False),
    ]  # fmt: skip


def test_the_words_before_the_last_stay(searcher: Searcher) -> None:
    found = searcher.suggestions("psykisk häl")
    assert said(found)[:2] == ["psykisk hälsa", "ungas psykiska hälsa"]
    assert all("psykisk" in label.casefold() for label in said(found))
    assert said(searcher.suggestions("ungas häls"), "word") == ["ungas hälsa", "ungas hälsning"]


def test_a_last_word_that_is_never_together_with_the_others_is_not_suggested(
    searcher: Searcher,
) -> None:
    assert said(searcher.suggestions("skola komp")) == []
    assert said(searcher.suggestions("komp"), "word") == ["kompetens", "kompetensutveckling"]


def test_the_best_match_comes_first_then_what_most_decisions_have(searcher: Searcher) -> None:
    assert said(searcher.suggestions("hälsa"))[:2] == ["hälsa", "psykisk hälsa"]
    found = searcher.suggestions("luleå")
    assert said(found)[:3] == ["luleå", "Luleå kommun", "Luleå tekniska universitet"]


def test_a_theme_is_not_also_suggested_as_a_word_in_another_form(searcher: Searcher) -> None:
    found = searcher.suggestions("häls")
    assert said(found, "theme")[0] == "hälsa"
    assert said(found, "word") == ["hälsning"]


def test_a_theme_that_finds_nothing_is_not_suggested(searcher: Searcher) -> None:
    assert searcher.suggestions("rymd") == ()


def test_titles_come_by_amount_and_lead_to_the_decision(searcher: Searcher) -> None:
    found = [one for one in searcher.suggestions("elev", limit=20) if one.kind == "title"]
    assert {one.label for one in found} == {
        "Elevhälsa för alla",
        "Elevhem vid ån",
        "Elevers kompetens",
    }
    (one,) = (one for one in searcher.suggestions("elevh alla") if one.kind == "title")
    decision = searcher.get(one.value)
    assert decision and decision.title == one.label == "Elevhälsa för alla"


def test_slips_are_put_right_in_the_last_word_and_in_those_before(searcher: Searcher) -> None:
    assert "kompetens" in said(searcher.suggestions("kompetn"), "word")
    assert "psykisk hälsa" in said(searcher.suggestions("psyksik"), "theme")
    assert "psykisk hälsa" in said(searcher.suggestions("psyksik hals"), "theme")
    assert "Umeå universitet" in said(searcher.suggestions("unversite"), "owner")


def test_what_begins_nothing_suggests_nothing(searcher: Searcher) -> None:
    assert searcher.suggestions("xqzzt") == ()


@pytest.mark.parametrize(
    "text",
    ["", " ", "h", "*", '"psykisk', '"psykisk hälsa"', "-skola", "skola ELLER", "ägare:lu", "(ps",
     "häl*", "INTE skola", "\0", "…", "psykisk" + " " * LONGEST, "ha " * 7, "å" * 4096],
)  # fmt: skip
def test_marks_single_letters_and_nonsense_suggest_nothing(searcher: Searcher, text: str) -> None:
    assert searcher.suggestions(text) == ()


@given(st.text(max_size=120))
def test_no_text_is_an_error(searcher: Searcher, text: str) -> None:
    for one in searcher.suggestions(text):
        assert one.count == reached(searcher, one)


def test_there_are_no_more_than_asked_for_and_of_several_kinds(searcher: Searcher) -> None:
    found = searcher.suggestions("elev", limit=3)
    assert len(found) == 3
    assert len({one.kind for one in found}) > 1
    for limit in range(1, 12):
        assert len(searcher.suggestions("kompetn", limit)) <= limit


def test_the_same_owner_under_two_names_is_suggested_once_by_what_it_is_called(
    tmp_path: Path, make_engine: Make
) -> None:
    searcher = make_engine(
        row("ANKEBY KOMMUN", "En", "Text."),
        row("Ankeby kommun", "Två", "Text."),
        row("Ankeby kommun", "Tre", "Text."),
    )
    found = searcher.suggestions("ankeby kom")
    assert [(one.label, one.count) for one in found if one.kind == "owner"] == [
        ("Ankeby kommun", 3)
    ]


def test_suggestions_follow_the_theme_file(tmp_path: Path, make_engine: Make) -> None:
    make_engine(row("Vi", "Skog", "Skog och skola.")).close()
    themes = tmp_path / "themes.txt"
    themes.write_text("[A]\nskola\n", "utf-8")
    searcher = Searcher.open(tmp_path / "index", themes=themes)
    assert said(searcher.suggestions("sko"), "theme") == ["skola"]
    themes.write_text("[A]\nskog\n[B]\nskola och skog\n", "utf-8")
    assert said(searcher.suggestions("sko"), "theme") == ["skog", "skola och skog"]


def test_names_that_begin_as_typed_come_before_more_important_ones() -> None:
    names = Names([("Region Vi", 1), ("Vi i Vik", 2), ("Övik", 3), ("Viken AB", 4)])
    assert [at for _, at in names.beginning(["vi"], 9)] == [2, 4, 1]
    assert [at for _, at in names.beginning(["vi", "reg"], 9)] == [1]
    assert [at for _, at in names.beginning(["vi"], 2)] == [2, 4]
    assert Names([]).beginning(["vi"], 2) == []


def test_names_are_compared_without_dots_accents_and_marks() -> None:
    assert folded("Riks-förbundet  S:t Örjan & Élan") == "riks forbundet  st orjan   elan"
    assert folded("a\u030an\u00adgst") == "angst"


def test_a_name_that_begins_as_typed_comes_before_one_with_more_decisions(
    make_engine: Make,
) -> None:
    searcher = make_engine(
        row("Kommun Ett", "En", "Text."),
        row("Ankeby kommun", "Två", "Text."),
        row("Ankeby kommun", "Tre", "Text."),
    )
    assert said(searcher.suggestions("kommun"), "owner") == ["Kommun Ett", "Ankeby kommun"]


def test_of_many_owners_those_with_most_decisions_are_suggested(make_engine: Make) -> None:
    rows = [row(f"A{number} bolag", f"Titel {number}", "Text.") for number in range(30)]
    searcher = make_engine(*rows, row("Ö bolag", "Ett", "Text."), row("Ö bolag", "Två", "Text."))
    assert said(searcher.suggestions("bolag"), "owner")[0] == "Ö bolag"


def test_a_form_of_a_theme_is_not_suggested_beside_it(tmp_path: Path, make_engine: Make) -> None:
    make_engine(row("Vi", "Ett", "Skolan."), row("Vi", "Två", "Skolan och skogen.")).close()
    (tmp_path / "themes.txt").write_text("[A]\nskola\n", "utf-8")
    searcher = Searcher.open(tmp_path / "index", themes=tmp_path / "themes.txt")
    assert said(searcher.suggestions("sko")) == ["skola", "skogen"]


def test_words_that_say_nothing_are_not_suggested(make_engine: Make) -> None:
    searcher = make_engine(row("Vi", "Ett", "Inför information."), row("Vi", "Två", "Inför allt."))
    assert said(searcher.suggestions("inf")) == ["information"]


def test_what_an_owner_is_called_is_no_slip(make_engine: Make) -> None:
    searcher = make_engine(row("Elevhälsn AB", "Ett", "Elevhälsa."))
    assert "elevhälsa" not in said(searcher.suggestions("elevhälsn"))
    assert "elevhälsa" in said(searcher.suggestions("elevhälxa"))


def test_a_slip_before_the_last_word_is_put_right_with_its_dots(searcher: Searcher) -> None:
    assert "ohälsa psykisk" in said(searcher.suggestions("ohällsa psy"), "word")


def test_a_slip_that_stands_in_a_text_is_one_all_the_same(make_engine: Make) -> None:
    searcher = make_engine(
        row("Vi", "Ett", "Psykisk hälsa och kompetens."), row("Vi", "Två", "Psyksik, kompentens.")
    )
    assert {"psyksik", "psykisk"} <= {*said(searcher.suggestions("psyksik"), "word")}
    assert spelling.beginning("kompetn", searcher.engine.vocabulary) == "kompeten"


def test_completions_come_by_frequency_and_are_of_words_that_are_left(tmp_path: Path) -> None:
    both = [tmp_path / "a.txt", tmp_path / "b.txt"]
    rows = [row("Vi", f"Ett {number}", "Allt.") for number in range(40)]  # so that most is left
    skola = row("Vi", "Två", "Skola.")
    both[0].write_text(document(row("Vi", "Ett", "Skog."), skola, *rows), "utf-8")
    both[1].write_text(document(row("Vi", "Tre", "Skola och skorsten.")), "utf-8")
    build(both, tmp_path / "index")
    opened = Searcher.open(tmp_path / "index")
    assert [*opened.engine.vocabulary.completing("SKÖ", 9)] == ["skola", "skog", "skorsten"]
    assert [*opened.engine.vocabulary.completing("sko", 2)] == ["skola", "skog"]
    build(both[:1], tmp_path / "index")
    opened = Searcher.open(tmp_path / "index")
    left = {"skog": "skog", "skola": "skola"}
    assert opened.engine.vocabulary.completing("sko", 9) == left


API = "/api/v1/suggestions"


def test_the_api_says_what_each_suggestion_leads_to(client: FlaskClient) -> None:
    body = client.get(API, query_string={"q": "luleå ko"}).json
    assert body == {
        "suggestions": [
            {
                "kind": "owner",
                "label": "Luleå kommun",
                "count": 1,
                "segments": [
                    {"text": "Luleå", "hit": True},
                    {"text": " ", "hit": False},
                    {"text": "ko", "hit": True},
                    {"text": "mmun", "hit": False},
                ],
                "links": {"self": "/api/v1/owners/lulea-kommun", "html": "/agare/lulea-kommun"},
            },
            *body["suggestions"][1:],
        ],
        "_links": {"self": {"href": f"{API}?q=lule%C3%A5%20ko&limit=8"}},
    }
    assert client.get(body["_links"]["self"]["href"]).json == body


@pytest.mark.parametrize("text", ["psyk", "lule", "region", "hela v", "kommun", "skola"])
def test_every_link_leads_to_so_many_decisions(client: FlaskClient, text: str) -> None:
    found = client.get(API, query_string={"q": text, "limit": 20}).json["suggestions"]
    assert found
    for one in found:
        assert client.get(one["links"]["html"]).status_code == 200
        body = client.get(one["links"]["self"]).json
        total = body["_meta"]["totalRecords"] if "_meta" in body else body.get("decisions", 1)
        assert one["count"] == total, one


def test_the_api_takes_any_text_and_suggests_nothing_for_none(client: FlaskClient) -> None:
    for text in ("", "a", "ägare:lu", '"', "\0", "x" * 4096):
        answer = client.get(API, query_string={"q": text})
        assert (answer.status_code, answer.json["suggestions"]) == (200, [])
    assert client.get(API).json["suggestions"] == []


def test_the_api_refuses_a_limit_that_is_none_and_other_parameters(client: FlaskClient) -> None:
    for query in ("q=ps&limit=-1", "q=ps&limit=x", "q=ps&sort=title", "q=a&q=b"):
        assert client.get(f"{API}?{query}").status_code == 400
    assert len(client.get(f"{API}?q=ko&limit=2").json["suggestions"]) == 2


def test_a_suggestion_that_is_known_already_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get(f"{API}?q=psyk").headers["ETag"]
    again = client.get(f"{API}?q=psyk", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{API}?q=psy", headers={"If-None-Match": tag}).status_code == 200
