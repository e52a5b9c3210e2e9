"""The query string, both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from search.dimensions import BY_NAME, COUNTED, DIMENSIONS, SORTS, VALUES, Span
from search.request import SearchLimits, SearchRequest
from search.result import FacetValue
from web import urls
from web.messages import explained

LIMITS = SearchLimits()


def parse(query: str, limits: SearchLimits = LIMITS) -> urls.ParsedQuery:
    """Parses a query string as it stands after the question mark."""
    return urls.parse(parse_qs(query, keep_blank_values=True), limits)


def read(query: str) -> SearchRequest:
    """The request of a query string without fault."""
    parsed = parse(query)
    assert not parsed.errors
    return parsed.request


def wrong(query: str) -> dict[str, str]:
    """What is said of each parameter that is at fault."""
    return {name: str(explained(error)) for name, error in parse(query).errors.items()}


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() != ""
)
amounts = st.none() | st.integers(-(10**14), 10**14).map(lambda ore: urls_amount(ore))
several = st.lists(words, max_size=3, unique=True).map(tuple)


def urls_amount(ore: int) -> Decimal:
    """An amount in the one form that `parse_amount` gives."""
    return Decimal(ore // 100) if ore % 100 == 0 else Decimal(ore) / 100


SINGLE = [name for name, one in urls.PARAMETERS.items() if not one.repeatable]


@st.composite
def requests(draw: st.DrawFn) -> SearchRequest:
    """Any request within the limits."""
    low, high = draw(amounts), draw(amounts)
    if low is not None and high is not None and low > high:
        low, high = high, low
    limit = draw(st.integers(1, LIMITS.page_size))
    filtered = SearchRequest(draw(st.just("") | words))
    for one in VALUES:
        filtered = filtered.filtered(one.name, draw(several))
    filtered = filtered.filtered("amount", Span(low, high, draw(st.booleans())))
    days = sorted(draw(st.lists(st.dates(date(1900, 1, 1), date(2199, 12, 31)), max_size=2)))
    filtered = filtered.filtered("date", Span(*days))
    return replace(
        filtered,
        exact=draw(st.booleans()),
        sort=draw(st.none() | st.sampled_from([*SORTS])),
        page=draw(st.integers(1, -(-LIMITS.page_depth // limit))),
        limit=limit,
    )


@given(requests())
def test_parsing_what_was_written_gives_the_same_request(request: SearchRequest) -> None:
    assert read(urls.query_string(request)) == request


@given(requests())
def test_what_is_written_is_plain_ascii_without_spaces(request: SearchRequest) -> None:
    written = urls.query_string(request)
    assert written.isascii()
    assert written.isprintable()
    assert " " not in written


@given(
    st.dictionaries(
        st.sampled_from([*urls.PARAMETERS, "utm_source"]), st.lists(st.text(max_size=20))
    )
)
def test_whatever_is_asked_is_a_request_or_an_error_that_names_its_parameter(
    parameters: dict[str, list[str]],
) -> None:
    for name, error in urls.parse(parameters, LIMITS).errors.items():
        assert name in urls.PARAMETERS
        assert error.parameter == name
        told = explained(error)
        assert told.what and told.remedy


def test_default_request_has_no_query_string() -> None:
    assert urls.query_string(SearchRequest()) == ""
    assert urls.address("/", SearchRequest()) == "/"


def test_parameters_are_written_in_a_fixed_order() -> None:
    span = Span(Decimal(1), Decimal(2), missing=True)
    filters = {"amount": span, "round": ("R",), "owner": ("B", "A")}
    request = SearchRequest("ö", filters, exact=True, sort="title", page=2)
    assert urls.query_string(request) == (
        "q=%C3%B6&owner=B&owner=A&round=R&amountMin=1&amountMax=2&amountMissing=1&exact=1"
        "&sort=title&page=2"
    )


@pytest.mark.parametrize(
    ("query", "attribute", "value"),
    [
        ("q=psykisk+h%C3%A4lsa", "q", "psykisk hälsa"),
        ("q=%20skola%20", "q", " skola "),
        ("owner=A", "filters", {"owner": ("A",)}),
        ("owner=A&owner=B&owner=A", "filters", {"owner": ("A", "B")}),
        ("round=ESF+2026:1", "filters", {"round": ("ESF 2026:1",)}),
        ("amountMin=500000", "filters", {"amount": Span(low=Decimal(500000))}),
        ("amountMin=500+000", "filters", {"amount": Span(low=Decimal(500000))}),
        ("amountMin=500%C2%A0000", "filters", {"amount": Span(low=Decimal(500000))}),
        ("amountMin=500+000+kr", "filters", {"amount": Span(low=Decimal(500000))}),
        ("amountMax=1,5+mnkr", "filters", {"amount": Span(high=Decimal(1500000))}),
        ("amountMax=499999.99", "filters", {"amount": Span(high=Decimal("499999.99"))}),
        ("amountMax=+7+", "filters", {"amount": Span(high=Decimal(7))}),
        ("amountMissing=1", "filters", {"amount": Span(missing=True)}),
        ("amountMissing=true", "filters", {"amount": Span(missing=True)}),
        ("amountMissing=0", "filters", {}),
        ("exact=1", "exact", True),
        ("exact=ja", "exact", True),
        ("exact=false", "exact", False),
        ("sort=-amount", "sort", "-amount"),
        ("sort=relevance", "sort", "relevance"),
        ("page=3", "page", 3),
        ("limit=100", "limit", 100),
    ],
)
def test_a_parameter_is_read(query: str, attribute: str, value: Any) -> None:
    assert read(query) == replace(SearchRequest(), **{attribute: value})


@pytest.mark.parametrize("name", urls.PARAMETERS)
@pytest.mark.parametrize("empty", ["", "+", "%09"])
def test_an_empty_value_is_as_good_as_absent(name: str, empty: str) -> None:
    assert read(f"{name}={empty}") == SearchRequest()


@pytest.mark.parametrize("name", SINGLE)
def test_a_parameter_of_one_value_given_twice_is_an_error(name: str) -> None:
    assert list(wrong(f"{name}=1&{name}=1")) == [name]
    assert "2 gånger" in wrong(f"{name}=1&{name}=1")[name]


@pytest.mark.parametrize("name", SINGLE)
def test_an_empty_value_beside_a_real_one_is_no_second_value(name: str) -> None:
    assert "2 gånger" not in wrong(f"{name}=&{name}=1").get(name, "")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("amountMin=abc", "”abc” är inget belopp"),
        ("amountMax=1.2.3", "är inget belopp"),
        ("amountMin=" + "9" * 100, "är inget belopp"),
        ("amountMin=1000+euro", "är inte i kronor"),
        ("amountMissing=kanske", "skriv 1 eller 0"),
        ("exact=2", "skriv 1 eller 0"),
        ("sort=datum", "relevance, -date, date, -amount, amount, owner, title"),
        ("page=0", "minst 1"),
        ("page=-1", "minst 1"),
        ("page=1.5", "minst 1"),
        ("page=abc", "minst 1"),
        ("page=%D9%A3", "minst 1"),
        ("page=" + "9" * 50, "minst 1"),
        ("limit=-1", "minst 1"),
        ("limit=101", "högst 100"),
        ("amountMin=2&amountMax=1", "byt plats"),
        ("q=" + "a" * 4097, "gränsen är 4096"),
    ],
)
def test_a_bad_value_is_named_with_what_to_do(query: str, said: str) -> None:
    name = query.partition("=")[0]
    assert list(wrong(query)) == [name]
    assert said.casefold() in wrong(query)[name].casefold()


@pytest.mark.parametrize(
    "query",
    [
        "page=50",
        "page=999&limit=100",
        "limit=100",
        "limit=0",
        "q=" + "a" * 512,
        "amountMin=5&amountMax=5",
    ],
)
def test_what_is_just_within_a_limit_is_accepted(query: str) -> None:
    assert not wrong(query)


def test_everything_that_is_wrong_is_gathered() -> None:
    assert set(wrong("amountMin=abc&page=0&sort=x&limit=x")) == {
        "amountMin",
        "page",
        "sort",
        "limit",
    }


def test_a_value_that_is_wrong_leaves_the_others_read() -> None:
    parsed = parse("q=skola&amountMin=abc&owner=A")
    assert parsed.request == SearchRequest("skola", {"owner": ("A",)})


def test_limits_are_settings() -> None:
    limits = SearchLimits(query_refused=3, page_size=5)
    assert set(parse("q=skola&limit=6", limits).errors) == {"q", "limit"}


def test_unknown_names_are_told() -> None:
    assert urls.unknown({"q": ["a"], "utm_source": ["x"], "Owner": ["y"]}) == [
        "Owner",
        "utm_source",
    ]


@pytest.mark.parametrize("facet", [one.name for one in VALUES])
def test_choosing_adds_a_value_and_choosing_again_takes_it_away(facet: str) -> None:
    request = SearchRequest("skola", page=3)
    chosen = urls.toggled(request, facet, FacetValue("Ankeby", "Ankeby", 1, False, ("Ankeby",)))
    assert chosen.values(facet) == ("Ankeby",)
    assert chosen.page == 1
    both = urls.toggled(chosen, facet, FacetValue("Öbo", "Öbo", 1, False, ("Öbo",)))
    assert both.values(facet) == ("Ankeby", "Öbo")
    left = urls.toggled(both, facet, FacetValue("Ankeby", "Ankeby", 1, True, ("Ankeby",)))
    assert left.values(facet) == ("Öbo",)


@given(requests(), st.lists(st.tuples(words, st.booleans()), max_size=5))
def test_the_addresses_of_a_facet_are_those_of_its_values(
    request: SearchRequest, some: list[tuple[str, bool]]
) -> None:
    values = [FacetValue(name, name, 1, selected, (name,)) for name, selected in some]
    selected_names = (name for name, selected in some if selected)
    request = request.filtered("owner", (*request.values("owner"), *selected_names))
    for facet in (one.name for one in VALUES):
        one_by_one = [urls.address("/", urls.toggled(request, facet, value)) for value in values]
        assert urls.toggled_addresses("/", request, facet, values) == one_by_one


def test_no_text_passes_for_the_place_of_a_name() -> None:
    request = SearchRequest("\ufdd0 skola")
    value = FacetValue("Ankeby", "Ankeby", 1, False, ("Ankeby",))
    (found,) = urls.toggled_addresses("/", request, "owner", [value])
    assert found == "/?q=%EF%B7%90%20skola&owner=Ankeby"


def test_a_value_chosen_in_other_letters_is_let_go_of_too() -> None:
    request = SearchRequest(filters={"owner": ("LULEÅ KOMMUN",)})
    let_go = urls.toggled(
        request, "owner", FacetValue("Luleå kommun", "", 1, True, ("Luleå kommun",))
    )
    assert let_go == SearchRequest()


def test_an_amount_band_takes_the_place_of_the_span() -> None:
    band = FacetValue("500000-", "", 1, False, Span(Decimal(500000), Decimal("999999.99")))
    request = SearchRequest("skola", {"amount": Span(Decimal(1), Decimal(2))}, page=2)
    chosen = urls.toggled(request, "amount", band)
    assert chosen == SearchRequest("skola", {"amount": band.chosen})
    assert urls.toggled(chosen, "amount", band._replace(selected=True)) == SearchRequest("skola")


def test_missing_amounts_are_chosen_and_let_go_of() -> None:
    missing = FacetValue("missing", "Belopp saknas", 1, False, Span(missing=True))
    chosen = urls.toggled(SearchRequest(), "amount", missing)
    assert chosen == SearchRequest(filters={"amount": Span(missing=True)})
    assert urls.toggled(chosen, "amount", missing._replace(selected=True)) == SearchRequest()


@pytest.mark.parametrize("facet", [one.plural for one in COUNTED])
@pytest.mark.parametrize("q", ["", "skola", "hälsa", "bro"])
def test_every_facet_url_gives_the_counted_number_of_decisions(
    small_client: FlaskClient, facet: str, q: str
) -> None:
    body = small_client.get("/api/v1/decisions", query_string={"q": q}).json
    assert body
    for value in body["facets"][facet]:
        followed = small_client.get(value["url"]).json
        assert followed
        assert followed["_meta"]["totalRecords"] == value["count"], value
        again = next(v for v in followed["facets"][facet] if v["value"] == value["value"])
        assert again["selected"] is True
        assert again["count"] == value["count"]
        back = small_client.get(again["url"]).json
        assert back
        assert back["_meta"] == body["_meta"]


def test_paths_keep_the_slash_of_an_identifier_and_quote_the_rest() -> None:
    assert urls.decision_path("esf-2026-1/ö?") == "/beslut/esf-2026-1/%C3%B6%3F"
    assert urls.api_path("a/b") == "/api/v1/decisions/a/b"
    assert urls.api_path() == "/api/v1/decisions"


@given(requests())
def test_a_request_is_what_its_parameters_read_back_make_of_it(request: SearchRequest) -> None:
    table = urls.parameters_for(DIMENSIONS)
    assert [*table] == [*urls.PARAMETERS]
    found = SearchRequest()
    for name, parameter in table.items():
        value = parameter.get(request)
        if value != parameter.get(SearchRequest()):
            written = [parameter.write(one) for one in (value if parameter.repeatable else [value])]
            read = [parameter.read(text, SearchLimits()) for text in written]
            found = parameter.put(found, tuple(read) if parameter.repeatable else read[0])
            assert parameter.get(found) == value, name
    assert found == request


def test_a_dimension_gives_its_parameters_by_its_kind() -> None:
    values = replace(VALUES[0], name="place", plural="places")
    span = replace(BY_NAME["amount"], name="days", plural="days")
    assert urls.parameters_of(values) == ["place"]
    assert urls.parameters_of(span) == ["daysMin", "daysMax", "daysMissing"]
    assert urls.parameters_of(BY_NAME["date"]) == ["dateMin", "dateMax"]
    table = urls.parameters_for([values, span])
    assert [*table] == [
        "q", "place", "daysMin", "daysMax", "daysMissing", "id", "caseNumber", "exact", "sort",
        "page", "limit",
    ]  # fmt: skip
    assert [name for name, one in table.items() if one.repeatable] == ["place", "id", "caseNumber"]
    third = SearchRequest(page=3)
    chosen = table["daysMax"].put(table["place"].put(third, ("A", "B")), Decimal(9))
    assert chosen == SearchRequest(
        filters={"place": ("A", "B"), "days": Span(high=Decimal(9))}, page=3
    )


@pytest.mark.parametrize(
    ("query", "value", "what", "remedy"),
    [
        ("q=" + "a" * 4097, "a" * 4097, "sökningen har 4097 tecken, gränsen är 4096",
         "korta sökningen"),
        ("amountMin=abc", "abc", "”abc” är inget belopp",
         "skriv till exempel 500000, 500 000 eller 1,5 miljoner"),
        ("amountMax=7+euro", "7 euro", "”7 euro” är inte i kronor",
         "skriv till exempel 500000, 500 000 eller 1,5 miljoner"),
        ("exact=2", "2", "”2” är varken 1 eller 0", "skriv 1 eller 0"),
        ("sort=x", "x", "sorteringen ”x” finns inte", f"välj bland: {', '.join(SORTS)}"),
        ("page=0", "0", "”0” är inget heltal från 1", "skriv ett tal som är minst 1"),
        ("page=1000000000", "1000000000", "”1000000000” är inget heltal från 1",
         "skriv ett tal som är minst 1"),
        ("limit=101", "101", "gränsen är 100 beslut per sida", "skriv högst 100"),
        ("page=1&page=2", "2", "”page” är angiven 2 gånger", "ange den en gång"),
        ("amountMin=2&amountMax=1.5", "2", "det lägsta beloppet är större än det högsta",
         "byt plats på dem"),
    ],
)  # fmt: skip
def test_an_error_has_all_that_is_to_be_said_of_it(
    query: str, value: str, what: str, remedy: str
) -> None:
    name = query.partition("=")[0]
    (error,) = parse(query).errors.values()
    told = explained(error)
    assert (error.parameter, error.value, told.what, told.remedy) == (name, value, what, remedy)


@pytest.mark.parametrize("text", ["1", "true", "JA", "On", "0", "False", "nej"])
def test_a_flag_is_read_in_any_case(text: str) -> None:
    assert read(f"exact={text}").exact is (text.lower() in ("1", "true", "ja", "on"))


@pytest.mark.parametrize("name", ["page", "limit", "sort", "exact", "amountMin"])
def test_blanks_around_a_value_are_left_out_but_in_words(name: str) -> None:
    value = {"sort": "title", "exact": "1"}.get(name, "7")
    assert read(f"{name}=++{value}+") == read(f"{name}={value}") != SearchRequest()
    assert read("q=+skola+").q == " skola "


ASKED = SearchRequest("hälsa", {"owner": ("Å",)}, exact=True, sort="title", page=3, limit=5)
KEPT = "q=h%C3%A4lsa&owner=%C3%85&exact=1"


def test_addresses_keep_what_means_something_there() -> None:
    assert urls.results_address(ASKED) == f"/?{KEPT}&sort=title&page=3&limit=5"
    assert urls.results_address(SearchRequest()) == "/?q="
    assert urls.overview_address(ASKED) == f"/oversikt?{KEPT}"
    assert urls.feed_address(ASKED) == f"/feed.atom?{KEPT}"
    assert urls.export_address("csv", ASKED) == f"/api/v1/decisions.csv?{KEPT}&sort=title"
    assert urls.source_path("ab") == "/kallor/ab"
    assert urls.related_path("a/b") == "/api/v1/decisions/a/b/related"


def test_the_page_of_a_decision_keeps_the_whole_search_that_found_it() -> None:
    limits = SearchLimits()
    for path in (urls.decision_path, urls.thread_path):
        found = urlsplit(path("a/ö", ASKED))
        assert found.path == path("a/ö")
        assert urls.found_by(parse_qs(found.query), limits) == ASKED
        everything = urlsplit(path("a/b", SearchRequest()))
        assert urls.found_by(parse_qs(everything.query, keep_blank_values=True), limits) == (
            SearchRequest()
        )
    assert urls.found_by({"utm_source": ["brev"]}, limits) is None


@pytest.mark.parametrize(
    ("depth", "total", "limit", "last"),
    [
        (1000, 4, 1, 4), (3, 4, 1, 3), (1000, 0, 20, 1),
        (1000, 4, 3, 2), (3, 4, 3, 1), (4, 4, 3, 2), (4, 4, 0, 1),
    ],
)  # fmt: skip
def test_the_last_page_is_the_last_that_can_be_shown(
    depth: int, total: int, limit: int, last: int
) -> None:
    limits = SearchLimits(page_depth=depth)
    assert limits.last_page(total, limit) == last
    assert limits.reaches(SearchRequest(page=last, limit=limit))
    assert limit == 0 or last * limit >= min(depth, total)


def test_a_span_keeps_its_missing_and_a_missing_its_span() -> None:
    band = FacetValue("1-2", "", 1, False, Span(Decimal(1), Decimal(2)))
    missing = FacetValue("missing", "", 1, False, Span(missing=True))
    both = urls.toggled(urls.toggled(SearchRequest(), "amount", band), "amount", missing)
    assert both.span("amount") == Span(Decimal(1), Decimal(2), missing=True)
    assert urls.toggled(both, "amount", band._replace(selected=True)).span("amount") == Span(
        missing=True
    )
    assert urls.toggled_addresses("/", SearchRequest(), "amount", [band, missing]) == [
        "/?amountMin=1&amountMax=2",
        "/?amountMissing=1",
    ]
