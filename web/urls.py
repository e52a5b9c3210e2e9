"""Which URL is this request, and which request is this URL? The only module that knows URLs.

The page and the API take the same parameters. `parse` and `query_string` are inverses: parsing what
was written gives the same request back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any
from urllib.parse import quote, urlencode

from index.amount import parse_amount
from index.dates import parse_period
from search.dimensions import BY_NAME, DIMENSIONS, SORTS, SPANS, Dimension, End, Filter, Span
from search.request import RequestError, SearchLimits, SearchRequest
from search.result import FacetValue

Parameters = Mapping[str, Sequence[str]]
"""Each parameter of a query string with all its values, in order."""


@dataclass(slots=True)
class ParsedQuery:
    """A request, and the errors in the values left out of it, by parameter."""

    request: SearchRequest
    errors: dict[str, RequestError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One URL parameter: how its text is read and written, and how its value is taken from and put
    into a request. ``repeatable``: its value is a tuple."""

    read: Callable[[str, SearchLimits], Any]
    write: Callable[[Any], str]
    get: Callable[[SearchRequest], Any]
    put: Callable[[SearchRequest, Any], SearchRequest]
    repeatable: bool = False


def _text(value: str, limits: SearchLimits) -> str:
    return value


def _limited(value: str, limits: SearchLimits) -> str:
    if len(value) > limits.query_refused:
        number, limit = len(value), limits.query_refused
        raise RequestError("q", value, "long-query", number=number, limit=limit)
    return value


def _amount(value: str, limits: SearchLimits) -> Decimal:
    try:
        amount = parse_amount(value)
    except ValueError as error:
        raise RequestError("", value, "no-amount", wanted=value) from error
    if amount.currency != "SEK":
        raise RequestError("", value, "not-in-kronor", wanted=value)
    return amount.value


def _day(end: int, value: str, limits: SearchLimits) -> date:
    """The first (0) or the last (1) day of what is stated."""
    try:
        return parse_period(value)[end]
    except ValueError as error:
        raise RequestError("", value, "no-date", wanted=value) from error


def written(value: End) -> str:
    """An end of a span as addresses have it."""
    return value.isoformat() if isinstance(value, date) else f"{value:f}"


def _write_flag(value: bool) -> str:
    return "1"


def _flag(value: str, limits: SearchLimits) -> bool:
    if value.lower() in ("1", "true", "ja", "on"):
        return True
    if value.lower() in ("0", "false", "nej"):
        return False
    raise RequestError("", value, "no-flag", wanted=value)


def _sort(value: str, limits: SearchLimits) -> str:
    if value not in SORTS:
        raise RequestError("", value, "unknown-sort", wanted=value, known=tuple(SORTS))
    return value


def _count(value: str, limits: SearchLimits) -> int:
    return count("", value, 10**9)


def count(parameter: str, value: str, most: int) -> int:
    """A whole number from 1; raises `RequestError` of the parameter."""
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) >= 1):
        raise RequestError(parameter, value, "no-count", wanted=value)
    if int(value) > most:
        raise RequestError(parameter, value, "large-page", limit=most)
    return int(value)


def _page_size(value: str, limits: SearchLimits) -> int:
    return 0 if value == "0" else count("", value, limits.page_size)


def _plain(
    attribute: str,
    read: Callable[[str, SearchLimits], Any],
    write: Callable[[Any], str] = str,
    repeatable: bool = False,
) -> Parameter:
    """A parameter that is an attribute of the request."""
    return Parameter(
        read,
        write,
        attrgetter(attribute),
        lambda request, value: replace(request, **{attribute: value}),
        repeatable,
    )


def _of_values(name: str) -> Parameter:
    """The parameter of a dimension of values."""
    return Parameter(
        _text,
        str,
        lambda request: request.values(name),
        lambda request, value: _kept_page(request, name, value),
        repeatable=True,
    )


def _of_span(name: str, end: str, read: Any, write: Callable[[Any], str] = written) -> Parameter:
    """One of the parameters of a dimension that is a span."""
    return Parameter(
        read,
        write,
        lambda request: getattr(request.span(name), end),
        lambda request, value: _kept_page(
            request, name, replace(request.span(name), **{end: value})
        ),
    )


def _kept_page(request: SearchRequest, name: str, chosen: Filter) -> SearchRequest:
    return replace(request.filtered(name, chosen), page=request.page)


def _of_dimension(dimension: Dimension) -> dict[str, Parameter]:
    name = dimension.name
    if dimension.kind == "values":
        return {name: _of_values(name)}
    if dimension.kind == "dates":
        return {
            f"{name}Min": _of_span(name, "low", partial(_day, 0)),
            f"{name}Max": _of_span(name, "high", partial(_day, 1)),
        }
    return {
        f"{name}Min": _of_span(name, "low", _amount),
        f"{name}Max": _of_span(name, "high", _amount),
        f"{name}Missing": _of_span(name, "missing", _flag, _write_flag),
    }


def parameters_of(dimension: Dimension) -> list[str]:
    """The URL parameters of a dimension."""
    return [*_of_dimension(dimension)]


def parameters_for(dimensions: Iterable[Dimension]) -> dict[str, Parameter]:
    """The parameters of a search that can be filtered by some dimensions."""
    filters = (item for dimension in dimensions for item in _of_dimension(dimension).items())
    return {
        "q": _plain("q", _limited),
        **dict(filters),
        "id": _plain("ids", _text, repeatable=True),
        "caseNumber": _plain("case_numbers", _text, repeatable=True),
        "exact": _plain("exact", _flag, _write_flag),
        "sort": _plain("sort", _sort),
        "page": _plain("page", _count),
        "limit": _plain("limit", _page_size),
    }


PARAMETERS = parameters_for(DIMENSIONS)
"""Every parameter of a search, in the order in which they are written."""


def parse(parameters: Parameters, limits: SearchLimits) -> ParsedQuery:
    """Reads parameters. An empty value counts as absent, since forms send every field.

    Errors are collected, not raised, so that a page can show all of them; parameters of other
    names are ignored (see `unknown`).
    """
    parsed = ParsedQuery(SearchRequest())
    for name, parameter in PARAMETERS.items():
        values = [value for value in parameters.get(name, ()) if value.strip()]
        try:
            if values:
                value = _read(parameter, name, values, limits)
                parsed.request = parameter.put(parsed.request, value)
        except RequestError as error:
            said = error.message
            parsed.errors[name] = RequestError(name, error.value, said.code, **said.values)
    _check_whole(parsed)
    return parsed


def found_by(parameters: Parameters, limits: SearchLimits) -> SearchRequest | None:
    """The search that led to a page, as far as it is right; None if none did."""
    if not PARAMETERS.keys() & parameters.keys():
        return None
    return ordered(parse(parameters, limits).request)


def unknown(parameters: Parameters) -> list[str]:
    """The names that are not parameters of a search."""
    return sorted(set(parameters) - set(PARAMETERS))


def pairs(request: SearchRequest) -> list[tuple[str, str]]:
    """The parameters of a request that differ from the defaults, in a fixed order."""
    written = []
    default = SearchRequest()
    for name, parameter in PARAMETERS.items():
        value = parameter.get(request)
        if value != parameter.get(default):
            values = value if parameter.repeatable else [value]
            written += [(name, parameter.write(item)) for item in values]
    return written


def ordered(request: SearchRequest) -> SearchRequest:
    """The same request with the values of each parameter in one order, whichever they came in."""
    for parameter in PARAMETERS.values():
        if parameter.repeatable:
            request = parameter.put(request, tuple(sorted(parameter.get(request))))
    return request


def sorted_query(query: str) -> str:
    """A query string with its pairs in one order, whichever they came in, unless that says
    something: that of a visitor's own list does."""

    def order(pair: str) -> tuple[str, str]:
        name = pair.partition("=")[0]
        return name, "" if name == LISTED else pair

    return "&".join(sorted(filter(None, query.split("&")), key=order))


def query_string(request: SearchRequest) -> str:
    """`pairs`, percent-encoded; empty for the default request."""
    return urlencode(pairs(request), quote_via=quote)


def address(path: str, request: SearchRequest) -> str:
    """`path` with the request's query string."""
    query = query_string(request)
    return f"{path}?{query}" if query else path


LISTED = "listed"
"""The parameter of the pages that holds a visitor's own list of decisions."""
_quoted = lru_cache(maxsize=4_096)(partial(quote, safe=""))
_MARK = "\ufdd0"  # a noncharacter, which no value should contain


def toggled(request: SearchRequest, dimension: str, value: FacetValue) -> SearchRequest:
    """The request, on its first page, with a value of a facet toggled."""
    if isinstance(value.chosen, Span):
        span = request.span(dimension)
        if value.chosen.is_open:
            return request.filtered(dimension, replace(span, missing=not value.selected))
        low, high = (None, None) if value.selected else (value.chosen.low, value.chosen.high)
        return request.filtered(dimension, replace(span, low=low, high=high))
    chosen = request.values(dimension)
    if value.selected:
        rest = (name for name in chosen if name.casefold() != value.value.casefold())
        return request.filtered(dimension, tuple(rest))
    return request.filtered(dimension, (*chosen, value.value))


def toggled_addresses(
    path: str, request: SearchRequest, dimension: str, values: Sequence[FacetValue]
) -> list[str]:
    """The address of `toggled` for each value of a facet. A facet has up to a hundred values, and
    the addresses of those not chosen differ in one name only: the rest is written once."""
    pattern, mark = "", quote(_MARK, safe="")
    if BY_NAME[dimension].kind == "values":
        marked = FacetValue(_MARK, "", 0, False, (_MARK,))
        pattern = address(path, toggled(request, dimension, marked))
    return [
        address(path, toggled(request, dimension, value))
        if value.selected or pattern.count(mark) != 1
        else pattern.replace(mark, _quoted(value.value))
        for value in values
    ]


def results_address(request: SearchRequest) -> str:
    """The results page of a request. Without words or filters it lists everything, while the bare
    address is the start page."""
    return address("/", request) if query_string(request) else "/?q="


def overview_address(request: SearchRequest) -> str:
    """The overview of a request's set."""
    return address("/oversikt", replace(_unpaged(request), sort=None))


def decision_path(identifier: str, found_by: SearchRequest | None = None) -> str:
    """The page of a decision, with the search that it was found by, to go back to."""
    return _found_by(f"/beslut/{quote(identifier)}", found_by)


def thread_path(identifier: str, found_by: SearchRequest | None = None) -> str:
    """The page of all that is related to a decision."""
    return _found_by(f"/beslut/{quote(identifier)}/liknande", found_by)


def _found_by(path: str, request: SearchRequest | None) -> str:
    return path if request is None else address(path, request) if pairs(request) else f"{path}?q="


def with_list(path: str, ids: Iterable[str]) -> str:
    """The path of a page with a visitor's own list of decisions, by their identifiers."""
    listed = urlencode([(LISTED, one) for one in ids], quote_via=quote)
    return _with_query(path, listed)


def with_parameters(path: str, **parameters: str) -> str:
    """A path with those parameters that have a value."""
    others = urlencode({name: value for name, value in parameters.items() if value}, safe=",*")
    return _with_query(path, others)


def _with_query(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{query}" if query else path


def export_address(form: str, request: SearchRequest) -> str:
    """The whole set of a request as a file; `form` is ``xlsx``, ``csv`` or ``jsonl``."""
    return address(f"{api_path()}.{form}", _unpaged(request))


def feed_address(request: SearchRequest) -> str:
    """The Atom feed of a request."""
    return address("/feed.atom", replace(_unpaged(request), sort=None))


def _unpaged(request: SearchRequest) -> SearchRequest:
    default = SearchRequest()
    return replace(request, page=default.page, limit=default.limit)


_PROFILES = {
    "owner": ("agare", "owners"),
    "funder": ("finansiar", "funders"),
    "theme": ("tema", "themes"),
}


def profile_path(kind: str, slug: str) -> str:
    """The page of an ``owner``, a ``funder`` or a ``theme``."""
    return f"/{_PROFILES[kind][0]}/{slug}"


def profile_api_path(kind: str, slug: str, root: str = "/api/v1") -> str:
    """The same as a resource of the API."""
    return f"{root}/{_PROFILES[kind][1]}/{slug}"


def source_path(sha256: str) -> str:
    """The source file with a SHA-256 (hex), to download."""
    return f"/kallor/{sha256}"


def related_path(identifier: str) -> str:
    """The resource of the decisions related to one."""
    return api_path(identifier) + "/related"


def themes_path() -> str:
    """The resource of the themes."""
    return "/api/v1/themes"


def changes_path() -> str:
    """The resource of what has happened to the decisions."""
    return "/api/v1/changes"


def suggestions_path() -> str:
    """The resource of what may be about to be typed."""
    return "/api/v1/suggestions"


def suggested_paths(kind: str, value: str) -> tuple[str, str]:
    """Where a suggestion leads to, as a resource of the API and as a page."""
    if kind == "title":
        return api_path(value), decision_path(value)
    if kind == "word":
        request = SearchRequest(q=value)
        return address(api_path(), request), results_address(request)
    return profile_api_path(kind, value), profile_path(kind, value)


def api_path(identifier: str | None = None) -> str:
    """The search endpoint, or the resource of one decision."""
    return "/api/v1/decisions" + (f"/{quote(identifier)}" if identifier else "")


def is_for_programs(path: str) -> bool:
    """Whether errors at a path are for a program rather than a reader."""
    return path.startswith(("/api/", "/datasets/")) or path in ("/health", "/feed.atom")


def is_open(path: str) -> bool:
    """Whether scripts on other sites may read what is at a path: data, and the files it is from."""
    return is_for_programs(path) or path.startswith(source_path(""))


def _read(parameter: Parameter, name: str, values: list[str], limits: SearchLimits) -> Any:
    if parameter.repeatable:
        return tuple(dict.fromkeys(parameter.read(value, limits) for value in values))
    if len(values) > 1:
        raise RequestError(name, values[1], "given-twice", name=name, number=len(values))
    text = values[0] if name == "q" else values[0].strip()
    return parameter.read(text, limits)


def _check_whole(parsed: ParsedQuery) -> None:
    """Checks that involve several parameters."""
    request = parsed.request
    for dimension in SPANS:
        span, name = request.span(dimension.name), f"{dimension.name}Min"
        if span.is_reversed:
            low = "" if span.low is None else written(span.low)
            code = "turned-dates" if dimension.kind == "dates" else "turned-span"
            parsed.errors[name] = RequestError(name, low, code)
