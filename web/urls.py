"""`SearchRequest` <-> query string, both ways: all that is known of URLs.

The page and the API take the same parameters. `parse` and `query_string` are inverse: parsing what
was written gives the same request back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, get_args
from urllib.parse import quote, urlencode

from index.amount import parse_amount
from index.problem import quoted
from search.request import RequestError, SearchLimits, SearchRequest, Sort
from search.result import FacetValue, SearchResult

Parameters = Mapping[str, Sequence[str]]
"""Each parameter of a query string with all its values, in order."""


@dataclass(slots=True)
class ParsedQuery:
    """A request, and what was wrong with the values that are not in it, by parameter."""

    request: SearchRequest
    errors: dict[str, RequestError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One URL parameter: the attribute it sets, how its text is read and written."""

    attribute: str
    read: Callable[[str, SearchLimits], Any]
    write: Callable[[Any], str]
    repeatable: bool = False


def _text(value: str, limits: SearchLimits) -> str:
    return value


def _limited(value: str, limits: SearchLimits) -> str:
    if len(value) > limits.query_characters:
        what = f"sökningen har {len(value)} tecken, gränsen är {limits.query_characters}"
        raise RequestError("q", value, what, "korta sökningen")
    return value


def _amount(value: str, limits: SearchLimits) -> Decimal:
    remedy = "skriv till exempel 500000, 500 000 eller 1,5 mnkr"
    try:
        amount = parse_amount(value)
    except ValueError as error:
        raise RequestError("", value, f"{quoted(value)} är inget belopp", remedy) from error
    if amount.currency != "SEK":
        raise RequestError("", value, f"{quoted(value)} är inte i kronor", remedy)
    return amount.value


def _write_amount(value: Decimal) -> str:
    return f"{value:f}"


def _flag(value: str, limits: SearchLimits) -> bool:
    if value.lower() in ("1", "true", "ja", "on"):
        return True
    if value.lower() in ("0", "false", "nej"):
        return False
    raise RequestError("", value, f"{quoted(value)} är varken 1 eller 0", "skriv 1 eller 0")


def _sort(value: str, limits: SearchLimits) -> Sort:
    for sort in get_args(Sort):
        if value == sort:
            return sort  # type: ignore[no-any-return]
    remedy = f"välj något av: {', '.join(get_args(Sort))}"
    raise RequestError("", value, f"sorteringen {quoted(value)} finns inte", remedy)


def _count(value: str, limits: SearchLimits) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) >= 1):
        raise RequestError(
            "", value, f"{quoted(value)} är inget heltal från 1", "skriv ett tal som är minst 1"
        )
    return int(value)


def _page_size(value: str, limits: SearchLimits) -> int:
    size = _count(value, limits)
    if size > limits.page_size:
        remedy = f"skriv högst {limits.page_size}"
        raise RequestError("", value, f"gränsen är {limits.page_size} beslut per sida", remedy)
    return size


PARAMETERS = {
    "q": _Parameter("q", _limited, str),
    "owner": _Parameter("owners", _text, str, repeatable=True),
    "round": _Parameter("rounds", _text, str, repeatable=True),
    "amountMin": _Parameter("amount_min", _amount, _write_amount),
    "amountMax": _Parameter("amount_max", _amount, _write_amount),
    "amountMissing": _Parameter("amount_missing", _flag, lambda value: "1"),
    "exact": _Parameter("exact", _flag, lambda value: "1"),
    "sort": _Parameter("sort", _sort, str),
    "page": _Parameter("page", _count, str),
    "limit": _Parameter("limit", _page_size, str),
}
"""Every parameter of a search, in the order in which they are written."""


def parse(parameters: Parameters, limits: SearchLimits) -> ParsedQuery:
    """Reads parameters. A parameter with an empty value is as good as absent, as in any form.

    What is wrong is gathered, not raised, so that a page can show all of it; parameters of other
    names are passed over (see `unknown`).
    """
    parsed = ParsedQuery(SearchRequest())
    for name, parameter in PARAMETERS.items():
        values = [value for value in parameters.get(name, ()) if value.strip()]
        try:
            if values:
                value = _read(parameter, name, values, limits)
                parsed.request = replace(parsed.request, **{parameter.attribute: value})
        except RequestError as error:
            parsed.errors[name] = RequestError(name, error.value, error.what, error.remedy)
    _check_whole(parsed, limits)
    return parsed


def unknown(parameters: Parameters) -> list[str]:
    """The names that are no parameter of a search."""
    return sorted(set(parameters) - set(PARAMETERS))


def query_string(request: SearchRequest) -> str:
    """The parameters of a request that differ from the defaults, in a fixed order, percent-encoded;
    empty for the default request."""
    pairs = []
    default = SearchRequest()
    for name, parameter in PARAMETERS.items():
        value = getattr(request, parameter.attribute)
        if value != getattr(default, parameter.attribute):
            values = value if parameter.repeatable else [value]
            pairs += [(name, parameter.write(one)) for one in values]
    return urlencode(pairs, quote_via=quote)


def address(path: str, request: SearchRequest) -> str:
    """`path` with the request's query string."""
    query = query_string(request)
    return f"{path}?{query}" if query else path


_MARK = "\ufdd0"  # a code point that stands for no character


def toggled(request: SearchRequest, facet: str, value: FacetValue) -> SearchRequest:
    """The request, first page, with a facet's value chosen, or no longer chosen if it was."""
    request = replace(request, page=1)
    if facet == "amounts":
        if value.amount_min is None and value.amount_max is None:
            return replace(request, amount_missing=not value.selected)
        low, high = (None, None) if value.selected else (value.amount_min, value.amount_max)
        return replace(request, amount_min=low, amount_max=high)
    if facet == "owners":
        return replace(request, owners=_toggled_in(request.owners, value))
    return replace(request, rounds=_toggled_in(request.rounds, value))


def _toggled_in(chosen: tuple[str, ...], value: FacetValue) -> tuple[str, ...]:
    if value.selected:
        return tuple(one for one in chosen if one.casefold() != value.value.casefold())
    return (*chosen, value.value)


def toggled_addresses(
    path: str, request: SearchRequest, facet: str, values: Sequence[FacetValue]
) -> list[str]:
    """For each value of a facet the address of what `toggled` gives. A facet has up to a hundred
    values, and those that are not chosen differ in one name: the rest is written once."""
    pattern, mark = "", quote(_MARK, safe="")
    if facet != "amounts":
        pattern = address(path, toggled(request, facet, FacetValue(_MARK, "", 0, False)))
    return [
        address(path, toggled(request, facet, value))
        if value.selected or pattern.count(mark) != 1
        else pattern.replace(mark, quote(value.value, safe=""))
        for value in values
    ]


def last_page(result: SearchResult, limits: SearchLimits) -> int:
    """The last page of a result that can be asked for; 1 where nothing was found."""
    deepest = -(-limits.page_depth // result.request.limit)
    return max(1, min(result.pages, deepest))


def results_address(request: SearchRequest) -> str:
    """The results page of a request; without words or filters it lists everything, where the bare
    address is the start page."""
    return address("/", request) if query_string(request) else "/?q="


def overview_address(request: SearchRequest) -> str:
    """The overview of a request's set."""
    return address("/oversikt", replace(_unpaged(request), sort=None))


def decision_path(identifier: str, found_by: SearchRequest | None = None) -> str:
    """The page of a decision, with the words that found it, so that they are marked there."""
    path = f"/beslut/{quote(identifier)}"
    if found_by is None or not found_by.q.strip():
        return path
    return address(path, SearchRequest(q=found_by.q, exact=found_by.exact))


def export_address(form: str, request: SearchRequest) -> str:
    """The whole set of a request as a file; `form` is ``xlsx``, ``csv`` or ``jsonl``."""
    return address(f"{api_path()}.{form}", _unpaged(request))


def feed_address(request: SearchRequest) -> str:
    """The Atom feed of a request."""
    return address("/feed.atom", replace(_unpaged(request), sort=None))


def _unpaged(request: SearchRequest) -> SearchRequest:
    default = SearchRequest()
    return replace(request, page=default.page, limit=default.limit)


def source_path(sha256: str) -> str:
    """The source file with a SHA-256 (hex), to download."""
    return f"/kallor/{sha256}"


def related_path(identifier: str) -> str:
    """The resource of the decisions related to one."""
    return api_path(identifier) + "/related"


def api_path(identifier: str | None = None) -> str:
    """The search endpoint, or the resource of one decision."""
    return "/api/v1/decisions" + (f"/{quote(identifier)}" if identifier else "")


def _read(parameter: _Parameter, name: str, values: list[str], limits: SearchLimits) -> Any:
    if parameter.repeatable:
        return tuple(dict.fromkeys(parameter.read(value, limits) for value in values))
    if len(values) > 1:
        what = f"{name} är angiven {len(values)} gånger"
        raise RequestError(name, values[1], what, "ange den en gång")
    text = values[0] if name == "q" else values[0].strip()
    return parameter.read(text, limits)


def _check_whole(parsed: ParsedQuery, limits: SearchLimits) -> None:
    """What only shows when several parameters are seen together."""
    request = parsed.request
    low, high = request.amount_min, request.amount_max
    if low is not None and high is not None and low > high:
        what = "det lägsta beloppet är större än det högsta"
        parsed.errors["amountMin"] = RequestError("amountMin", f"{low:f}", what, "byt plats på dem")
    if (request.page - 1) * request.limit >= limits.page_depth:
        what = f"gränsen är de första {limits.page_depth} besluten"
        remedy = "avgränsa sökningen"
        parsed.errors["page"] = RequestError("page", str(request.page), what, remedy)
