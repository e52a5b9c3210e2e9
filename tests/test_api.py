"""The JSON API."""

from __future__ import annotations

import gzip
import html
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.build import build
from index.decision import plain_text
from search.dimensions import COUNTED, SORTS
from search.request import SearchLimits, SearchRequest
from search.searcher import Searcher
from tests.conftest import SAMPLE, Clock, document
from web import urls
from web.app import create_app
from web.settings import Settings

DECISIONS = "/api/v1/decisions"
SUM = 20485293
FIRST = "esf-2026-1/starka-och-trygga-moten-psykisk-hallbarhet-i-gymnasieskolan-och-kaa"
PARTIAL_HITS = 10
Json = dict[str, Any]
Get = Callable[..., Json]


@pytest.fixture
def get(client: FlaskClient) -> Get:
    """Asks the search endpoint over the real decision; parameters by keyword."""
    return lambda **parameters: ask(client, **parameters)


@pytest.fixture
def get_small(small_client: FlaskClient) -> Get:
    """Asks the search endpoint over the small corpus; parameters by keyword."""
    return lambda **parameters: ask(small_client, **parameters)


def ask(client: FlaskClient, **parameters: Any) -> Json:
    response = client.get(f"{DECISIONS}?{urlencode(parameters, doseq=True)}")
    assert response.status_code == 200
    return body_of(response)


def body_of(response: TestResponse) -> Json:
    body: Json = response.get_json(force=True)
    return body


def counts(body: Json, facet: str) -> dict[str, int]:
    return {value["value"]: value["count"] for value in body["facets"][facet]}


def titles(body: Json) -> list[str]:
    return [decision["title"] for decision in body["decisions"]]


def total(body: Json) -> int:
    number: int = body["_meta"]["totalRecords"]
    return number


def keys(value: Any) -> set[str]:
    """Every key in a JSON value, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*(keys(one) for one in value.values()))
    return set().union(*(keys(one) for one in value)) if isinstance(value, list) else set()


# What an answer looks like


def test_a_search_answers_these_members(get: Get) -> None:
    body = get(q="psykisk hälsa")
    assert set(body) >= {
        "decisions",
        "facets",
        "stats",
        "interpretation",
        "suggestion",
        "partial",
        "_meta",
        "_links",
    }
    assert body["facets"].keys() == {one.plural for one in COUNTED}
    assert set(body["stats"]) == {"sum", "min", "max", "median", "missing"}
    updated = body["_meta"].pop("indexUpdated")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", updated)
    assert re.fullmatch(r"[0-9a-f]{8}\.9", body["_meta"].pop("changesCursor"))
    assert body["_meta"] == {
        "page": 1,
        "limit": 20,
        "totalRecords": 2,
        "totalPages": 1,
        "reachable": 2,
    }


def test_a_hit_has_these_members(get: Get) -> None:
    for hit in [*get(q="psykisk hälsa")["decisions"], *get(q="psykisk hälsa")["partial"]]:
        assert set(hit) == {
            "id",
            "title",
            "owner",
            "amount",
            "currency",
            "round",
            "funder",
            "identity",
            "modified",
            "caseNumber",
            "decisionDate",
            "ownerNumber",
            "places",
            "year",
            "yearFrom",
            "score",
            "snippets",
            "links",
        }
        assert set(hit["links"]) == {"self", "html", "related"}
        assert hit["snippets"]
        for snippet in hit["snippets"]:
            assert set(snippet) >= {"field", "segments"}
            assert all(set(segment) == {"text", "hit"} for segment in snippet["segments"])


def test_a_facet_value_has_these_members(get: Get) -> None:
    for values in get(q="psykisk hälsa")["facets"].values():
        assert values
        for value in values:
            assert set(value) == {"value", "label", "count", "selected", "url"}


def test_every_key_is_camel_case(get: Get, client: FlaskClient) -> None:
    found = keys(get(q="psykisk hälsa")) | keys(body_of(client.get(f"{DECISIONS}/{FIRST}")))
    odd = {key for key in found if not re.fullmatch(r"_?[a-z]+(?:[A-Z][a-z]+)*|sha256", key)}
    assert odd == set()


def test_an_answer_is_json_in_utf8(client: FlaskClient) -> None:
    response = client.get(DECISIONS, query_string={"q": "hälsa"})
    assert response.content_type == "application/json; charset=utf-8"
    assert "Överkalix".encode() in response.data
    assert response.data.endswith(b"}\n")


def test_page_and_api_tell_of_the_same_decisions(client: FlaskClient, get: Get) -> None:
    page = client.get("/", query_string={"q": "hälsa"}).text
    for decision in get(q="hälsa")["decisions"]:
        assert f'href="{decision["links"]["html"]}' in page


# The sample decision


def test_the_sum_over_all_is_the_documents_own(get: Get) -> None:
    body = get()
    assert total(body) == 9
    assert body["stats"]["sum"] == SUM
    assert sum(decision["amount"] for decision in body["decisions"]) == SUM
    assert body["stats"]["missing"] == 0


def test_amounts_are_integers(get: Get) -> None:
    body = get()
    assert all(type(decision["amount"]) is int for decision in body["decisions"])
    assert {type(body["stats"][name]) for name in ("sum", "min", "max", "median")} == {int}
    assert {decision["currency"] for decision in body["decisions"]} == {"SEK"}


def test_an_amount_with_ore_is_a_number_with_decimals(get_small: Get) -> None:
    by_title = {decision["title"]: decision["amount"] for decision in get_small()["decisions"]}
    assert by_title["En bro till ön"] == 400000.5
    assert by_title["Skola på ön"] is None


def test_psykisk_halsa_puts_starka_och_trygga_moten_first(get: Get) -> None:
    body = get(q="psykisk hälsa")
    assert body["decisions"][0]["id"] == FIRST
    assert body["decisions"][0]["score"] > body["decisions"][1]["score"] > 0


@pytest.mark.parametrize("q", ["psykisk hälsa", "skola", "kompetensförsörjning", "", "glesbygd*"])
def test_segments_join_to_text_that_stands_in_the_decision(
    get: Get, sample: Searcher, q: str
) -> None:
    body = get(q=q)
    for hit in [*body["decisions"], *body["partial"]]:
        decision = sample.get(hit["id"])
        assert decision is not None
        text = {
            "title": decision.title,
            "owner": decision.owner,
            "description": plain_text(decision.description),
            "motivation": plain_text(decision.motivation),
        }
        for snippet in hit["snippets"]:
            joined = "".join(segment["text"] for segment in snippet["segments"])
            assert joined and joined in text[snippet["field"]]


def test_the_documents_text_is_shown_without_its_markup(get: Get) -> None:
    source = html.unescape(SAMPLE.read_text("utf-8"))
    for hit in get(q="samverkan")["decisions"]:
        for snippet in hit["snippets"]:
            for line in "".join(one["text"] for one in snippet["segments"]).splitlines():
                assert line in source
                assert "<" not in line and "•" not in line


def test_what_was_searched_for_is_a_segment_of_its_own(get: Get) -> None:
    first = get(q="psykisk hälsa")["decisions"][0]
    hits = {
        segment["text"].casefold()
        for snippet in first["snippets"]
        for segment in snippet["segments"]
        if segment["hit"]
    }
    assert {"psykisk", "hälsa"} <= hits


def test_without_words_nothing_is_marked_and_no_score_given(get: Get) -> None:
    for decision in get()["decisions"]:
        assert decision["score"] == 0
        assert not any(
            segment["hit"] for snippet in decision["snippets"] for segment in snippet["segments"]
        )


def test_every_word_is_interpreted(get: Get) -> None:
    body = get(q='psykisk -skola "social hållbarhet" hälso* titel:möten')
    said = [(one["text"], one["kind"], one["field"], one["excluded"]) for one in _leaves(body)]
    assert ("psykisk", "word", None, False) in said
    assert ("skola", "word", None, True) in said
    assert ("social hållbarhet", "phrase", None, False) in said
    assert ("hälso*", "prefix", None, False) in said
    assert ("möten", "word", "title", False) in said


def _leaves(body: Json) -> list[Json]:
    leaves: list[Json] = body["interpretation"]
    return leaves


# Results are a set, and the set tallies

SEARCHES: list[dict[str, Any]] = [
    {},
    {"q": "psykisk hälsa"},
    {"q": "kompetensförsörjning"},
    {"q": "norrbotten -skola"},
    {"q": "skola ELLER kultur"},
    {"q": "hållbarhet", "amountMin": "2 mnkr"},
    {"owner": ["Luleå kommun", "Kiruna kommun"]},
    {"q": "kommun", "owner": "Luleå kommun"},
    {"amountMax": "1 000 000"},
    {"q": "finnsinte"},
    {"amountMissing": "1"},
]


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_total_is_all_pages_put_together(get: Get, search: dict[str, Any]) -> None:
    body = get(**search)
    ids: list[str] = []
    amounts: list[int] = []
    for page in range(1, 9):
        decisions = get(**search, page=page, limit=2)["decisions"]
        ids += [decision["id"] for decision in decisions]
        amounts += [decision["amount"] for decision in decisions]
    assert ids == [decision["id"] for decision in body["decisions"]]
    assert len(ids) == len(set(ids)) == total(body)
    assert sum(amounts) == body["stats"]["sum"]


@pytest.mark.parametrize("facet", ["owners", "amounts", "rounds"])
@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_total_is_the_sum_of_a_facet_that_nothing_is_chosen_in(
    get: Get, search: dict[str, Any], facet: str
) -> None:
    body = get(**search)
    chosen = {"owners": {"owner"}, "rounds": {"round"}}
    own = chosen.get(facet, {"amountMin", "amountMax", "amountMissing"})
    if not own & set(search):
        assert sum(counts(body, facet).values()) == total(body)
    else:
        without = {name: value for name, value in search.items() if name not in own}
        shown = {name for name, count in counts(body, facet).items() if count}
        counted = {name: count for name, count in counts(get(**without), facet).items() if count}
        assert shown == set(counted)
        assert {name: counts(body, facet)[name] for name in counted} == counted


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_partial_hits_are_in_no_total(get: Get, search: dict[str, Any]) -> None:
    body = get(**search)
    whole = {decision["id"] for decision in body["decisions"]}
    assert not whole & {decision["id"] for decision in body["partial"]}
    assert total(body) == len(whole)
    assert len(body["partial"]) <= PARTIAL_HITS


def test_partial_hits_have_some_of_the_words_and_respect_the_filters(get: Get) -> None:
    partial = get(q="psykisk hälsa")["partial"]
    assert partial[0]["title"] == "Hälsa Överkalix - Steg för Steg"
    for one in partial:
        assert any(part["hit"] for snippet in one["snippets"] for part in snippet["segments"])
    assert get(q="psykisk hälsa", owner="Luleå kommun")["partial"] == []


def test_partial_hits_are_shown_only_when_the_set_is_smaller_than_a_page(get: Get) -> None:
    assert get(q="psykisk hälsa", limit=3)["partial"]
    assert get(q="psykisk hälsa", limit=2)["partial"] == []


def test_one_word_has_no_partial_hits(get: Get) -> None:
    assert get(q="hälsa")["partial"] == []


def test_there_are_at_most_ten_partial_hits(
    make_engine: Callable[..., Searcher], tmp_path: Path
) -> None:
    make_engine(*(f"Ägare {n}\tBro nummer {n}\tVi bygger.\t{n}000" for n in range(1, 16))).close()
    body = ask(create_app(Settings(index=tmp_path / "index")).test_client(), q="bro tunnel")
    assert total(body) == 0
    assert len(body["partial"]) == PARTIAL_HITS


def test_selected_owner_stays_visible_at_zero(get_small: Get) -> None:
    body = get_small(q="psykisk", owner="Ankeby kommun")
    assert total(body) == 0
    owners = {value["value"]: value for value in body["facets"]["owners"]}
    assert owners["Ankeby kommun"]["selected"] is True
    assert owners["Ankeby kommun"]["count"] == 0
    assert owners["Öbo förening"]["count"] == 1


def test_counts_ignore_the_facets_own_selection(get_small: Get) -> None:
    everything = get_small()
    body = get_small(owner="Ankeby kommun")
    assert total(body) == 2
    assert counts(body, "owners") == counts(everything, "owners")
    assert counts(body, "rounds") == {"ESF 2030:2": 2}
    assert sum(counts(body, "amounts").values()) == 2


def test_owners_are_alternatives(get_small: Get) -> None:
    body = get_small(owner=["Ankeby kommun", "Rädda Ön"])
    assert total(body) == 3
    assert [value["selected"] for value in body["facets"]["owners"]].count(True) == 2


def test_owner_is_found_in_any_case(get_small: Get) -> None:
    assert total(get_small(owner="ANKEBY KOMMUN")) == 2


def test_amount_span_is_inclusive_at_both_ends(get_small: Get) -> None:
    assert total(get_small(amountMin="400000.50", amountMax="1 200 000")) == 2
    assert total(get_small(amountMin="400000.51", amountMax="1 199 999,99")) == 0


def test_missing_amounts_are_asked_for_alone_or_besides_a_span(get_small: Get) -> None:
    assert titles(get_small(amountMissing=1)) == ["Skola på ön"]
    assert total(get_small(amountMissing=1, amountMin="1 mnkr")) == 3
    assert total(get_small(amountMin=0)) == 3
    assert get_small()["stats"]["missing"] == 1
    assert counts(get_small(), "amounts")["missing"] == 1


def test_stats_of_an_empty_set_are_zero_and_null(get: Get) -> None:
    assert get(q="finnsinte")["stats"] == {
        "sum": 0,
        "min": None,
        "max": None,
        "median": None,
        "missing": 0,
    }


def test_stats_are_of_the_set(get_small: Get) -> None:
    assert get_small()["stats"] == {
        "sum": 6600000.5,
        "min": 400000.5,
        "max": 5000000,
        "median": 1200000,
        "missing": 1,
    }


@pytest.mark.parametrize("sort", SORTS)
def test_sort_changes_the_order_and_not_the_set(get: Get, sort: str) -> None:
    body = get(q="kommun", sort=sort)
    assert sorted(titles(body)) == sorted(titles(get(q="kommun")))
    assert body["stats"] == get(q="kommun")["stats"]


def test_sort_by_amount_puts_missing_amounts_last(get_small: Get) -> None:
    falling = ["Psykisk hälsa", "Elevhälsa för alla", "En bro till ön", "Skola på ön"]
    assert titles(get_small()) == titles(get_small(sort="-amount")) == falling
    assert titles(get_small(sort="amount")) == [*falling[2::-1], "Skola på ön"]


def test_sort_by_name_is_in_swedish_alphabetical_order(get_small: Get) -> None:
    owners = [decision["owner"] for decision in get_small(sort="owner")["decisions"]]
    assert owners == ["Ankeby kommun", "Ankeby kommun", "Rädda Ön", "Öbo förening"]
    assert titles(get_small(sort="title")) == [
        "Elevhälsa för alla",
        "En bro till ön",
        "Psykisk hälsa",
        "Skola på ön",
    ]


# Paging


def test_links_walk_through_all_pages_and_back(client: FlaskClient, get: Get) -> None:
    body = get(limit=4)
    seen = titles(body)
    while "next" in body["_links"]:
        body = body_of(client.get(body["_links"]["next"]["href"]))
        seen += titles(body)
    assert len(seen) == 9
    assert body["_links"]["self"] == body["_links"]["last"]
    while "prev" in body["_links"]:
        body = body_of(client.get(body["_links"]["prev"]["href"]))
    assert body["_meta"]["page"] == 1
    assert body["_links"]["self"] == body["_links"]["first"]


def test_links_keep_every_parameter(get: Get) -> None:
    links = get(q="kommun", amountMin=1, exact=1, sort="title", limit=1)["_links"]
    assert links["next"]["href"] == (
        f"{DECISIONS}?q=kommun&amountMin=1&exact=1&sort=title&page=2&limit=1"
    )


def test_a_page_beyond_the_last_is_an_empty_list(get: Get) -> None:
    body = get(page=7)
    assert body["decisions"] == []
    assert body["_meta"].items() >= {"page": 7, "totalRecords": 9, "totalPages": 1}.items()
    assert body["stats"]["sum"] == SUM
    assert "next" not in body["_links"]
    assert body["_links"]["prev"] == body["_links"]["last"]


def test_links_lead_no_deeper_than_can_be_asked_for(sample_index: Path) -> None:
    client = create_app(
        Settings(index=sample_index, limits=SearchLimits(page_depth=4))
    ).test_client()
    body = ask(client, limit=2)
    assert body["_meta"]["totalPages"] == 5
    last = client.get(body["_links"]["last"]["href"])
    assert last.status_code == 200
    assert "next" not in body_of(last)["_links"]
    assert body["_meta"]["reachable"] == 4
    deeper = ask(client, limit=2, page=3)
    assert (deeper["decisions"], deeper["_meta"]["totalRecords"]) == ([], 9)
    assert deeper["notes"][0].startswith("Det går att bläddra bland de första 4 besluten.")
    assert "next" not in deeper["_links"]


def test_limit_0_and_facets_none_make_a_small_answer_about_the_same_set(get: Get) -> None:
    whole, small = get(q="hälsa"), get(q="hälsa", limit=0, facets="none")
    assert whole["decisions"]
    assert (small["decisions"], small["facets"], small["moreFacetValues"]) == ([], None, None)
    assert small["stats"] == whole["stats"]
    assert small["_meta"]["totalRecords"] == whole["_meta"]["totalRecords"]
    assert (small["_meta"]["limit"], small["_meta"]["totalPages"]) == (0, 0)
    assert "facets=none" in small["_links"]["self"]["href"]


def test_a_case_number_finds_its_decisions_however_it_is_spaced(tmp_path: Path) -> None:
    rows = (
        "Ö\tBro\tVi bygger.\t1\tRUN 2030/12",
        "Ö\tVäg\tVi bygger.\t2\tRUN 2030/13",
        "Å\tHamn\tVi bygger.\t4\tRUN 2030/12",
        "Ä\tBod\tVi bygger.\t8\t",
    )
    (tmp_path / "a.txt").write_text(document(*rows, column="Diarienummer"), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    for number in ("RUN 2030/12", "run2030/12"):
        assert ask(client, caseNumber=number)["stats"]["sum"] == 5
    assert ask(client, caseNumber=["RUN 2030/12", "RUN 2030/13"], owner="Ö")["stats"]["sum"] == 3
    assert ask(client, caseNumber="RUN 2030/1")["_meta"]["totalRecords"] == 0
    page = client.get("/?caseNumber=RUN+2030/12")
    assert "filtret diarienummer: </span><bdi>RUN 2030/12</bdi>" in page.text


def test_a_link_is_the_same_for_parameters_in_another_order(client: FlaskClient) -> None:
    one = client.get(f"{DECISIONS}?limit=5&q=skola&amountMin=")
    other = client.get(f"{DECISIONS}?q=skola&limit=5")
    assert one.data == other.data


# One decision


def test_a_decision_has_everything(client: FlaskClient) -> None:
    body = body_of(client.get(f"{DECISIONS}/{FIRST}"))
    assert body["title"].startswith("Starka och trygga möten")
    assert body["owner"] == "Luleå kommun"
    assert body["amount"] == 798582
    assert body["currency"] == "SEK"
    assert body["round"] == "ESF 2026:1"
    assert body["funder"] == "Region Norrbotten"
    assert body["roundTitle"].endswith("beslut om medfinansiering av projekt ESF 2026:1")
    assert [block["kind"] for block in body["descriptionBlocks"]] == ["paragraph", *["item"] * 4]
    assert body["description"].splitlines() == [one["text"] for one in body["descriptionBlocks"]]
    assert body["motivation"].startswith("Projektet överensstämmer med")
    assert body["source"]["file"] == "region-norrbotten-esf-2026-1.txt"
    assert body["source"]["row"] > 1
    assert re.fullmatch(r"[0-9a-f]{64}", body["source"]["sha256"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["source"]["read"])


def test_every_decision_found_can_be_got_by_its_links(client: FlaskClient, get: Get) -> None:
    for decision in get()["decisions"]:
        body = body_of(client.get(decision["links"]["self"]))
        assert body["id"] == decision["id"]
        assert body["amount"] == decision["amount"]
        assert client.get(decision["links"]["html"]).status_code == 200


# What cannot be answered


def problem(client: FlaskClient, path: str, status: int, method: str = "GET") -> Json:
    """The RFC 9457 problem of a request that must fail with `status`."""
    response = client.open(path, method=method)
    assert response.status_code == status
    assert response.content_type.partition(";")[0] == "application/problem+json"
    body = body_of(response)
    assert set(body) - {"parameter"} == {"type", "title", "status", "detail", "instance", "code"}
    assert body["type"] == f"http://localhost/api#fel-{body['code']}"
    assert body["status"] == status
    assert body["instance"] == path.partition("?")[0]
    assert body["detail"].endswith(".") and body["detail"][0].isupper()
    return body


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("amountMin=abc", "Parametern amountMin: ”abc” är inget belopp; skriv till exempel 500000"),
        ("amountMin=2&amountMax=1", "Parametern amountMin: det lägsta beloppet är större"),
        ("page=0", "Parametern page: ”0” är inget heltal från 1"),
        ("limit=101", "Parametern limit: gränsen är 100 beslut per sida"),
        ("sort=datum", "Parametern sort: sorteringen ”datum” finns inte; välj bland: relevance"),
        ("exact=kanske", "Parametern exact:"),
        ("amountMissing=2", "Parametern amountMissing:"),
        ("q=a&q=b", "Parametern q: ”q” är angiven 2 gånger"),
        ("q=" + "a" * 4097, "Parametern q: sökningen har 4097 tecken, gränsen är 4096"),
        ("q=" + "a" * 5_000, "Parametern q: sökningen har 5000 tecken, gränsen är 4096"),
        ("q=" + "(" * 6 + "skola", "nivåer av parenteser, gränsen är 5"),
        ("q=%22a+b+c+d+e+f+g+h+i%22", "ord i en fras, gränsen är 8"),
        ("q=h*", "minst 3 bokstäver"),
    ],
)
def test_a_bad_value_is_a_problem_that_names_it(client: FlaskClient, query: str, said: str) -> None:
    assert said in problem(client, f"{DECISIONS}?{query}", 400)["detail"]


@pytest.mark.parametrize("name", ["amountmin", "ägare", "field", "Q", "x" * 1000])
def test_an_unknown_parameter_is_refused_by_name(client: FlaskClient, name: str) -> None:
    detail = problem(client, f"{DECISIONS}?{urlencode({name: '1'})}", 400)["detail"]
    assert name[:40] in detail
    assert all(known in detail for known in urls.PARAMETERS)
    assert len(detail) < 300


@pytest.mark.parametrize(
    "path",
    [
        f"{DECISIONS}/esf-2026-1/finns-inte",
        f"{DECISIONS}/finns-inte",
        f"{DECISIONS}/",
        f"{DECISIONS}/a/b/c",
        "/api/v1/finns-inte",
        "/api/v2/decisions",
        "/api/",
        f"{DECISIONS}/..%2f..%2fetc/passwd",
        f"{DECISIONS}/%00/%00",
    ],
)
def test_what_does_not_exist_is_a_404_problem(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert body_of(response)["status"] == 404
    assert body_of(response)["detail"].endswith(("står på /api.", "sök efter det."))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("path", [DECISIONS, f"{DECISIONS}/{FIRST}"])
def test_other_methods_are_a_405_problem(client: FlaskClient, path: str, method: str) -> None:
    assert problem(client, path, 405, method)["title"] == "Metoden stöds inte"
    assert client.open(path, method=method).headers["Allow"] == "GET, HEAD, OPTIONS"


def test_head_answers_as_get_without_the_body(client: FlaskClient) -> None:
    got, head = client.get(f"{DECISIONS}?q=skola"), client.head(f"{DECISIONS}?q=skola")
    assert head.status_code == 200
    assert head.data == b""
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize(
    "q",
    [
        '"',
        "((((",
        "))))",
        "-",
        "--",
        "- skola",
        "ELLER",
        "ELLER ELLER",
        "INTE",
        "titel:",
        "titel: ",
        "*",
        "**",
        "?*",
        "a?b",
        "[a TO b]",
        "/.*/",
        "owner:x",
        "\x00",
        "skola\x00skola",
        "\u00ad",
        "😀",
        "😀*",
        "ﬀ",
        "e\u0301",
        "\u202e",
        "'; DROP TABLE",
        "%",
        "\\",
        "och",
        "-och",
        "a" * 512,
        "å" * 512,
        '"' + "a " * 7 + '"',
        "²",
        "１２３",
        "\ufffd",
    ],
)
@pytest.mark.parametrize("exact", ["", "1"])
def test_whatever_a_person_types_gets_an_answer(get: Get, q: str, exact: str) -> None:
    body = get(q=q, exact=exact)
    assert total(body) == sum(counts(body, "owners").values())


@pytest.mark.parametrize("raw", ["q=%FF", "q=%ED%A0%80", "q=%C3", "%FF=1", "q=%", "q=%zz", "&&=&"])
def test_bytes_that_are_not_utf8_get_an_answer(client: FlaskClient, raw: str) -> None:
    assert client.get(f"{DECISIONS}?{raw}").status_code in (200, 400)


def test_without_an_index_the_problem_says_to_try_again(tmp_path: Path) -> None:
    client = create_app(Settings(index=tmp_path / "none")).test_client()
    body = problem(client, DECISIONS, 503)
    assert str(tmp_path) not in str(body)
    assert client.get(DECISIONS).headers["Retry-After"] == "5"


def test_a_search_that_takes_too_long_is_stopped(sample_index: Path) -> None:
    client = create_app(Settings(index=sample_index, search_seconds=1e-6)).test_client()
    for _ in range(20):
        detail = problem(client, f"{DECISIONS}?q=h%C3%A4lsa", 503)["detail"]
        assert detail.startswith("Sökningen tog mer än gränsen")
        assert client.get(f"{DECISIONS}?q=skola").headers["Retry-After"] == "5"


@pytest.mark.parametrize("seconds", [n / 5000 for n in range(1, 30)])
def test_a_search_that_was_stopped_leaves_nothing_broken(
    sample_index: Path, sample: Searcher, seconds: float
) -> None:
    """Wherever the stop comes, the same application answers the next search whole."""
    app = create_app(Settings(index=sample_index, search_seconds=seconds))
    client = app.test_client()
    queries = ["psykisk hälsa", '"social hållbarhet"', "komp*", "skola ELLER glesbygd"]
    for q in queries:
        assert client.get(DECISIONS, query_string={"q": q}).status_code in (200, 503)
    app.config["SETTINGS"] = Settings(index=sample_index, search_seconds=0)
    for q in queries:
        expected = sample.search(SearchRequest(q))
        body = ask(client, q=q)
        assert total(body) == expected.total
        assert [hit["score"] for hit in body["decisions"]] == [hit.score for hit in expected.hits]


def test_related_decisions_have_their_reasons(client: FlaskClient) -> None:
    body = client.get("/api/v1/decisions/esf-2026-1/samkraft-skola/related").json
    assert body is not None
    first = body["decisions"][0]
    assert first["title"].startswith("Starka och trygga")
    assert "elevhälsa" in first["terms"]
    assert 0 < first["score"] <= 1
    assert client.get("/api/v1/decisions/esf-2026-1/nej/related").status_code == 404


def test_every_decision_links_to_its_relations(client: FlaskClient) -> None:
    for one in client.get("/api/v1/decisions").json["decisions"]:  # type: ignore[index]
        assert client.get(one["links"]["related"]).status_code == 200


# What comes back


def test_fields_choose_what_comes_back(get: Get, client: FlaskClient) -> None:
    body = get(q="hälsa", fields="title,description,score")
    assert {tuple(one) for one in body["decisions"]} == {("title", "description", "score")}
    assert "fields=title,description,score" in body["_links"]["self"]["href"]
    one = body_of(client.get(f"{DECISIONS}/{FIRST}?fields=source"))
    assert set(one) == {"source"}


def test_links_keep_the_fields(client: FlaskClient, get: Get) -> None:
    body = get(fields="id", limit=4)
    following = body_of(client.get(body["_links"]["next"]["href"]))
    assert set(following["decisions"][0]) == {"id"}
    facet = body_of(client.get(body["facets"]["owners"][0]["url"]))
    assert set(facet["decisions"][0]) == {"id"}


@pytest.mark.parametrize(
    "path",
    [f"{DECISIONS}?fields=id,nej", f"{DECISIONS}?fields=id,", f"{DECISIONS}/{FIRST}?fields=score"],
)
def test_an_unknown_field_is_refused_by_name(client: FlaskClient, path: str) -> None:
    detail = problem(client, path, 400)["detail"]
    assert detail.startswith("Parametern fields: fältet ”")
    assert "välj bland: id, title" in detail


def test_owners_have_their_decisions_and_sums(small_client: FlaskClient) -> None:
    body = body_of(small_client.get("/api/v1/owners"))
    said = [(one["name"], one["decisions"], one["sum"], one["missing"]) for one in body["owners"]]
    assert said == [
        ("Ankeby kommun", 2, 1600000.5, 0),
        ("Rädda Ön", 1, 0, 1),
        ("Öbo förening", 1, 5000000, 0),
    ]
    for one in body["owners"]:
        search = body_of(small_client.get(one["links"]["decisions"]))
        assert total(search) == one["decisions"]
        assert search["stats"]["sum"] == one["sum"]


def test_rounds_have_their_headings(client: FlaskClient) -> None:
    body = body_of(client.get("/api/v1/rounds"))
    assert [(one["name"], one["decisions"], one["sum"]) for one in body["rounds"]] == [
        ("ESF 2026:1", 9, SUM)
    ]
    assert body["rounds"][0]["title"].startswith("Region Norrbottens beslut")
    assert body["rounds"][0]["funder"] == "Region Norrbotten"
    assert body["rounds"][0]["funders"] == [
        {"name": "Region Norrbotten", "decisions": 9, "sum": SUM, "missing": 0}
    ]


MIXED = [
    {"round": "Våren 2030", "roundTitle": "Våren 2030, Vi", "funder": "Region Vi", "amount": 100},
    {"round": "Våren 2030", "roundTitle": "Våren 2030, Du", "funder": "Region Du", "amount": 20},
    {"round": "Våren 2030", "roundTitle": "Våren 2030, Du", "funder": "REGION DU", "amount": None},
    {"round": "Våren 2030", "roundTitle": "Våren 2030, Du", "amount": 3},
    {"round": "Hösten 2030", "roundTitle": "Hösten 2030", "amount": 7},
]
"""Two rounds: one of two funders and two headings, one decision of which names no funder; and one
that names none at all."""


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of the application over `MIXED`."""
    folder = tmp_path_factory.mktemp("mixed")
    rows = [
        json.dumps(one | {"owner": f"Ägare {number}", "title": f"Projekt {number}"})
        for number, one in enumerate(MIXED)
    ]
    (folder / "rows.jsonl").write_text("\n".join(rows), "utf-8")
    build([folder / "rows.jsonl"], folder / "index")
    return create_app(Settings(index=folder / "index")).test_client()


def test_a_round_of_several_funders_names_each_and_none_as_the_only_one(mixed: FlaskClient) -> None:
    autumn, spring = body_of(mixed.get("/api/v1/rounds"))["rounds"]
    assert (spring["name"], spring["funder"], spring["title"]) == ("Våren 2030", None, None)
    assert spring["funders"] == [
        {"name": "Region Du", "decisions": 2, "sum": 20, "missing": 1},
        {"name": None, "decisions": 1, "sum": 3, "missing": 0},
        {"name": "Region Vi", "decisions": 1, "sum": 100, "missing": 0},
    ]
    for member in ("decisions", "sum", "missing"):
        assert sum(one[member] for one in spring["funders"]) == spring[member]
    assert (autumn["name"], autumn["funder"], autumn["title"]) == (
        "Hösten 2030",
        None,
        "Hösten 2030",
    )
    assert autumn["funders"] == [{"name": None, "decisions": 1, "sum": 7, "missing": 0}]


@pytest.mark.parametrize("plural", ["owners", "funders", "places", "years", "rounds"])
def test_what_a_list_says_of_a_value_is_true_of_all_its_decisions(
    mixed: FlaskClient, plural: str
) -> None:
    for one in body_of(mixed.get(f"/api/v1/{plural}"))[plural]:
        found = body_of(mixed.get(one["links"]["decisions"]))
        counted = (total(found), found["stats"]["sum"], found["stats"]["missing"])
        assert counted == (one["decisions"], one["sum"], one["missing"])
        decisions = found["decisions"]
        if plural == "rounds" and one["funder"]:
            assert {row["funder"] for row in decisions} == {one["funder"]}
        if one.get("names"):
            assert {row[plural[:-1]] for row in decisions} == {*one["names"]}


def test_lists_are_paged_as_searches_are(client: FlaskClient) -> None:
    everything = [one["name"] for one in body_of(client.get("/api/v1/owners"))["owners"]]
    seen, address = [], "/api/v1/owners?limit=3"
    while address:
        body = body_of(client.get(address))
        seen += [one["name"] for one in body["owners"]]
        address = body["_links"].get("next", {}).get("href")
    assert seen == everything
    assert body_of(client.get("/api/v1/owners?page=5000"))["owners"] == []


def test_api_info_is_what_the_profile_asks_for(client: FlaskClient) -> None:
    body = body_of(client.get("/api/v1/api-info"))
    assert set(body) == {
        "apiName",
        "apiVersion",
        "apiReleased",
        "apiDocumentation",
        "apiStatus",
    }
    assert body["apiVersion"].split(".")[0] == "1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", body["apiReleased"])
    assert body["apiDocumentation"] == "http://localhost/api"


def test_a_valid_trace_is_sent_back_and_another_passed_over(client: FlaskClient) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for sent, back in [(trace, trace), ("00-0", None), ("00-" + "0" * 32 + "-1-01", None)]:
        headers = client.get(DECISIONS, headers={"traceparent": sent}).headers
        assert headers.get("traceparent") == back


# Caching

CACHED = [
    f"{DECISIONS}?q=skola",
    f"{DECISIONS}/{FIRST}",
    f"{DECISIONS}/{FIRST}/related",
    f"{DECISIONS}.jsonl",
    f"{DECISIONS}.csv",
    f"{DECISIONS}.xlsx",
    "/api/v1/owners",
    "/api/v1/rounds",
    "/api/v1/api-info",
    "/api/v1/openapi.json",
    "/api/v1/openapi.yaml",
    "/feed.atom",
]


@pytest.mark.parametrize("path", CACHED)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_has_not_changed_is_a_304(client: FlaskClient, path: str, encoding: str) -> None:
    asked = {"Accept-Encoding": encoding}
    first = client.get(path, headers=asked)
    assert first.status_code == 200
    assert re.fullmatch(r'"[0-9a-f]{32}(-gzip)?"', first.headers["ETag"])
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Accept-Encoding" in first.headers["Vary"]
    tag = first.headers["ETag"]
    for sent in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = client.get(path, headers=asked | {"If-None-Match": sent})
        assert again.status_code == 304
        assert again.data == b""
        assert again.headers["ETag"] == tag or sent == "*"
        assert "Content-Type" not in again.headers
    assert client.get(path, headers=asked | {"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("path", CACHED)
def test_an_answer_is_the_same_to_the_byte_as_a_strong_tag_says(
    client: FlaskClient, path: str
) -> None:
    assert client.get(path).data == client.get(path).data


@pytest.mark.parametrize("path", CACHED)
def test_gzip_is_the_same_body_under_a_tag_of_its_own(client: FlaskClient, path: str) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    zipped = client.get(path, headers={"Accept-Encoding": "br;q=1, gzip;q=0.5"})
    if path.endswith(".xlsx"):
        assert "Content-Encoding" not in zipped.headers
        return
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in plain.headers
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == plain.data


def test_the_same_answer_has_the_same_tag_and_another_another(client: FlaskClient) -> None:
    def tag(query: str) -> str:
        return client.get(f"{DECISIONS}{query}").headers["ETag"]

    assert tag("?q=skola&limit=5") == tag("?limit=5&q=skola&amountMin=")
    different = ["", "?q=skola", "?q=skola&exact=1", "?q=skola&fields=id", "?page=2", "?sort=title"]
    assert len({tag(query) for query in different}) == len(different)


@pytest.mark.parametrize("path", [DECISIONS, f"{DECISIONS}.csv", f"{DECISIONS}.xlsx", "/feed.atom"])
def test_the_same_filters_in_another_order_are_the_same_answer_to_the_byte(
    two_rounds_client: FlaskClient, path: str
) -> None:
    filters = [
        ("owner", "Ankeby kommun"),
        ("owner", "Rädda Ön"),
        ("owner", "Bortbo"),
        ("funder", "Region Vi"),
        ("funder", "Region Du"),
        ("year", "2030"),
        ("year", "2031"),
        ("id", "esf-2030-2/en-hamn"),
        ("id", "esf-2030-2/en-bro-till-on"),
        ("amountMin", "1"),
    ]
    answers = [
        two_rounds_client.get(f"{path}?{urlencode(order)}")
        for order in (filters, filters[::-1], filters[3:] + filters[:3], [*filters, filters[0]])
    ]
    assert len({one.headers["ETag"] for one in answers}) == 1
    assert len({one.data for one in answers}) == 1
    other = two_rounds_client.get(f"{path}?{urlencode(filters[1:])}")
    assert other.headers["ETag"] != answers[0].headers["ETag"]


def test_another_generation_or_other_themes_are_another_answer(tmp_path: Path) -> None:
    source, themes = tmp_path / "a.txt", tmp_path / "themes.txt"
    source.write_text(document("Ö\tBro\tVi bygger.\t1"), "utf-8")
    themes.write_text("bro ~ viadukt\n", "utf-8")
    build([source], tmp_path / "index")
    settings = Settings(index=tmp_path / "index", themes=str(themes))
    client = create_app(settings).test_client()
    tags = [client.get(f"{DECISIONS}?q=viadukt").headers["ETag"]]
    source.write_text(document("Ö\tBro\tVi bygger.\t2"), "utf-8")
    build([source], tmp_path / "index")
    tags.append(client.get(f"{DECISIONS}?q=viadukt").headers["ETag"])
    themes.write_text("bro ~ spång\n", "utf-8")
    tags.append(client.get(f"{DECISIONS}?q=viadukt").headers["ETag"])
    assert len(set(tags)) == 3


def test_a_bad_request_is_refused_whatever_tag_it_has(client: FlaskClient) -> None:
    for query in ("page=0", "q=h*", "sort=nej"):
        response = client.get(f"{DECISIONS}?{query}", headers={"If-None-Match": "*"})
        assert response.status_code == 400
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers


@pytest.mark.parametrize("path", [*CACHED, f"{DECISIONS}?page=0", "/api/nej", "/health"])
def test_scripts_of_any_site_may_read_it(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


def test_pages_are_not_for_scripts_of_other_sites(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


# Health


def test_health_tells_generation_and_count(client: FlaskClient) -> None:
    body = body_of(client.get("/health"))
    assert body["status"] == "ok"
    assert body["generation"] == "gen-1"
    assert body["decisions"] == 9
    assert client.get("/health").headers["Cache-Control"] == "no-store"


def test_all_say_when_the_index_was_updated_in_the_same_words(client: FlaskClient) -> None:
    created = body_of(client.get("/health"))["created"]
    for path in (DECISIONS, "/api/v1/owners", "/api/v1/rounds"):
        assert body_of(client.get(path))["_meta"]["indexUpdated"] == created
    assert f'<time datetime="{created}">' in client.get("/").text


def test_another_update_is_another_answer(tmp_path: Path, clock: Clock) -> None:
    source = tmp_path / "a.txt"
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    seen = set()
    for text in ("Vi bygger.", "Vi bygger en bro."):
        source.write_text(document(f"Ö\tBro\t{text}\t1"), "utf-8")
        build([source], tmp_path / "index")
        response = client.get(DECISIONS)
        seen.add((response.headers["ETag"], body_of(response)["_meta"]["indexUpdated"]))
        clock.tick()
    assert len({tag for tag, _ in seen}) == len({updated for _, updated in seen}) == 2


def test_without_an_index_health_is_a_503(tmp_path: Path) -> None:
    client = create_app(Settings(index=tmp_path / "none")).test_client()
    assert problem(client, "/health", 503)["status"] == 503


# Bounded time

NASTY = [
    "*",
    "?*",
    "a*b*c*",
    "(((((",
    ")" * 500,
    '"' * 511,
    '"a ' * 30,
    "-" * 512,
    "(" * 256 + ")" * 256,
    "ELLER " * 80,
    "\x00" * 500,
    "😀" * 512,
    "a\u0301" * 256,
    "titel:" * 80,
]


@pytest.mark.parametrize("q", NASTY, ids=range(len(NASTY)))
def test_whatever_is_asked_is_answered_in_bounded_time(client: FlaskClient, q: str) -> None:
    for path in (DECISIONS, f"{DECISIONS}.jsonl", "/feed.atom"):
        started = time.process_time()
        status = client.get(path, query_string={"q": q}).status_code
        assert status in (200, 400, 503)
        assert time.process_time() - started < 3


@pytest.mark.parametrize("path", [DECISIONS, f"{DECISIONS}.csv", f"{DECISIONS}.xlsx", "/feed.atom"])
@pytest.mark.parametrize("raw", ["h%E4lsa", "%ED%A0%80", "h%C3%A4lsa%FF"])
def test_a_query_that_is_not_utf8_is_refused_with_what_to_do(
    client: FlaskClient, path: str, raw: str
) -> None:
    response = client.get(f"{path}?q={raw}")
    body = body_of(response)
    assert (response.status_code, body["code"], body["parameter"]) == (400, "not-utf-8", "q")
    assert body["detail"].startswith("Parametern q: värdet är inte kodat i UTF-8; procentkoda")
    if "lsa" in raw and "FF" not in raw:
        assert "”%C3%A4” i stället för ”%E4”" in body["detail"]


def test_a_path_that_is_not_utf8_is_refused(client: FlaskClient) -> None:
    for path in (f"{DECISIONS}/a/", "/beslut/a/"):
        response = client.get(path, environ_overrides={"PATH_INFO": f"{path}h\xe4lsa"})
        assert response.status_code == 400
        assert "sökväg är inte kodad i UTF-8" in response.text
        assert "%C3%A4” i stället för ”%E4" in response.text


def test_a_prefix_over_a_huge_vocabulary_is_cut_and_says_so(
    make_engine: Callable[..., Searcher], tmp_path: Path
) -> None:
    rows = (f"Ägare\tTitel {n}\t" + " ".join(f"ord{n}x{m}" for m in range(300)) for n in range(20))
    make_engine(*rows).close()
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    started = time.process_time()
    body = ask(client, q="ord*")
    assert time.process_time() - started < 3
    assert any("200" in note for note in body["notes"])
