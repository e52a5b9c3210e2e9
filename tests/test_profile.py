"""The OpenAPI description against the national REST API profile (Digg, 1.2).

Each rule is one that the profile's own linter (RAP-LP) looks for, under its number there, in our
words. SKALL hold without exception; of BÖR those that are not followed stand in `DEVIATIONS`, with
the reason, and are tested to be not followed, so that the list stays true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from web.api import openapi
from web.app import create_app
from web.settings import Settings

SITE = "https://beslut.example.se"
SPECIFICATION = openapi.specification(
    Settings(base_url=SITE, contact="data@beslut.example.se", publisher="Region Vi"), SITE
)
INFO = SPECIFICATION["info"]


def described(language: str) -> set[str]:
    """The words of the description in a language."""
    app = create_app(Settings())
    with app.test_request_context(f"/api/v1/openapi.json?lang={language}"):
        return {
            *openapi.specification(Settings(), "https://beslut.example")["info"][
                "description"
            ].split()
        }


SERVERS = [server["url"] for server in SPECIFICATION["servers"]]
PATHS = SPECIFICATION["paths"]
SCHEMAS = SPECIFICATION["components"]["schemas"]
Json = dict[str, Any]


def operations() -> Iterator[Json]:
    for methods in PATHS.values():
        yield from methods.values()


def parameters(where: str) -> Iterator[Json]:
    """Every parameter of every operation that stands in `where`."""
    for operation in operations():
        yield from (one for one in operation["parameters"] if one["in"] == where)


def responses() -> Iterator[tuple[int, Json]]:
    for operation in operations():
        yield from ((int(status), one) for status, one in operation["responses"].items())


def resolved(schema: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Json = SCHEMAS[name] if name else schema
    return found


def parts() -> Iterator[str]:
    """The resources that addresses are made of; what is in braces is not among them."""
    for path in PATHS:
        yield from (part for part in path.split("/") if part and not part.startswith("{"))


def properties(schema: Any = SCHEMAS) -> Iterator[tuple[str, Any]]:
    """Every member of every schema, at any depth, with its own schema."""
    if isinstance(schema, dict):
        members = schema.get("properties")
        if isinstance(members, dict):
            yield from members.items()
        for one in schema.values():
            yield from properties(one)


def paged() -> Iterator[dict[str, Json]]:
    """The query parameters, by name, of each operation that has pages."""
    for operation in operations():
        found = {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}
        if "page" in found or "offset" in found:
            yield found


def has_example(schema: Json) -> bool:
    pattern = {
        "date": r"\d{4}-\d\d-\d\d",
        "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    }.get(schema.get("format", ""))
    return pattern is None or re.fullmatch(pattern, schema.get("example", "")) is not None


MEMBERS = {"type", "title", "status", "detail", "instance"}
PERSONAL = {"pnr", "personnummer", "personnr", "ssn", "personalidentitynumber"}

SHALL: dict[str, Callable[[], bool]] = {
    "DOK.03": lambda: (
        {"title", "version", "description", "termsOfService"} <= set(INFO)
        and set(INFO["contact"]) == {"name", "url", "email"}
        and set(INFO["license"]) == {"name", "url"}
    ),
    "DOK.08": lambda: (
        all(INFO["x-sla"][one] for one in ("availability", "responseTime", "support"))
        and bool(INFO["termsOfService"])
    ),
    "DOK.09": lambda: all(one in INFO["description"].lower() for one in ("begränsning", "limit")),
    "DOK.11": lambda: bool(INFO["description"].strip()),
    "DOK.15": lambda: all(
        "example" in media or "examples" in media
        for _, response in responses()
        for media in response.get("content", {}).values()
    ),
    "DOK.19": lambda: all(one["description"].strip() for one in operations()),
    "DOK.20": lambda: all(one["description"].strip() for _, one in responses()),
    "DOT.02": lambda: all(has_example(schema) for _, schema in properties()),
    "RES.06": lambda: (
        all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one) for one in parts())
        and not any(re.match("(get|post|put|delete|patch)-", one) for one in parts())
    ),
    "UFN.02": lambda: all(re.match(r"https://[^/:]+(:443)?/", one) for one in SERVERS),
    "UFN.07": lambda: (
        all(re.fullmatch(r"https://[a-z0-9/.~-]+", one) for one in SERVERS)
        and all(re.fullmatch(r"[a-z0-9~.-]+", one) for one in parts())
    ),
    "UFN.08": lambda: not any(re.search(r"[,._~]|--|^-|-$", one) for one in parts()),
    "UFN.09": lambda: (
        not any(
            re.search(r"[\s_]", one)
            for one in [*SERVERS, *PATHS, *(p["name"] for p in parameters("path"))]
        )
    ),
    "AME.05": lambda: not any("_" in name.lstrip("_") for name, _ in properties()),
    "ARQ.05": lambda: all(one["schema"]["type"] == "string" for one in parameters("header")),
    "FEL.01": lambda: all(
        set(resolved(response["content"]["application/problem+json"]["schema"])["properties"])
        >= MEMBERS
        for status, response in responses()
        if status >= 400
    ),
    "FEL.02": lambda: all(
        set(response["content"]) == {"application/problem+json"}
        for status, response in responses()
        if status >= 400
    ),
    "FOR.02": lambda: not any("requestBody" in one for one in operations()),
    "MOG.01": lambda: all("get" in methods for methods in PATHS.values()),
    "SAK.01": lambda: all(one.startswith("https://") for one in SERVERS),
    "SAK.09, SAK.10, SAK.11, SAK.15, SAK.16": lambda: (
        "securitySchemes" not in SPECIFICATION["components"]
    ),
    "SPA.02": lambda: (
        len(list(parameters("header"))) == len(PATHS)
        and {one["name"] for one in parameters("header")} == {"traceparent"}
    ),
    "VER.06": lambda: "/api-info" in PATHS,
    "FNS.01": lambda: all(
        re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", one["name"]) for one in parameters("query")
    ),
    "FNS.03": lambda: all(one["name"][0].isalpha() for one in parameters("query")),
    "FNS.07": lambda: all("limit" in found for found in paged()),
    "FNS.08": lambda: all(found["page"]["schema"]["default"] == 1 for found in paged()),
}
SHOULD: dict[str, Callable[[], bool]] = {
    "DOK.01": lambda: all(SPECIFICATION["externalDocs"][one] for one in ("description", "url")),
    "DOK.06": lambda: "och" in described("sv") and "the" in described("en"),
    "DOK.07": lambda: "description" in INFO,
    "DOK.17": lambda: SPECIFICATION["openapi"].startswith("3.1."),
    "DOK.18": lambda: all(
        {"application/json", "application/yaml"} & set(response["content"])
        for _, response in responses()
        if "content" in response
    ),
    "RES.02": lambda: (
        not any(
            one["name"].lower() in PERSONAL
            for where in ("query", "path")
            for one in parameters(where)
        )
    ),
    "UFN.01": lambda: all(re.fullmatch(r"https://[^/]+/[^/]+/v\d+", one) for one in SERVERS),
    "UFN.05": lambda: all(len(server + path) < 2048 for server in SERVERS for path in PATHS),
    "AME.01": lambda: all(
        "application/json" in response["content"]
        for status, response in responses()
        if status < 400 and "content" in response
    ),
    "AME.04": lambda: all(
        re.fullmatch(r"[a-z]+(_[a-z]+)*|[a-z]+([A-Z][a-z]*)*", name) for name, _ in properties()
    ),
    "AME.07": lambda: all(re.fullmatch(r"[a-zA-Z0-9_]+", name) for name, _ in properties()),
    "ARQ.03": lambda: {one["name"] for one in parameters("header")} <= {"traceparent"},
    "DOT.04": lambda: all(has_example(schema) for _, schema in properties()),
    "MOG.02": lambda: all(len(methods) > 1 for methods in PATHS.values()),
    "SPA.04": lambda: all("traceparent" in response["headers"] for _, response in responses()),
    "VER.05": lambda: all(re.search(r"/v\d+$", one) for one in SERVERS),
    "FNS.05": lambda: not any(one["required"] for one in parameters("query")),
    "FNS.06": lambda: all(re.fullmatch(r"[\w.~-]+", one["name"]) for one in parameters("query")),
    "FNS.09": lambda: all(found["limit"]["schema"]["default"] == 20 for found in paged()),
}
DEVIATIONS = {
    "AME.01": "the exports are JSON Lines, CSV and XLSX",
    "AME.04": "_meta and _links stand apart from what was asked for, and sha256 has digits",
    "DOK.18": "errors are application/problem+json, as FEL.02 (SKALL) says, and exports are files",
    "MOG.02": "nothing here can be changed, so no resource has a second method",
}


@pytest.mark.parametrize("rule", SHALL)
def test_what_the_national_profile_says_shall_be_is(rule: str) -> None:
    assert SHALL[rule]()


@pytest.mark.parametrize("rule", SHOULD)
def test_what_the_national_profile_says_should_be_is_or_has_a_reason(rule: str) -> None:
    assert SHOULD[rule]() is (rule not in DEVIATIONS)


def test_the_members_of_meta_and_links_are_the_only_ones_that_begin_with_an_underscore() -> None:
    assert {name for name, _ in properties() if name.startswith("_")} == {"_meta", "_links"}
