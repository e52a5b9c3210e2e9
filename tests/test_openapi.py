"""The OpenAPI description against the running code, both ways; and the page that documents it."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from openapi_spec_validator import OpenAPIV31SpecValidator
from playwright.sync_api import Browser

from search.dimensions import COUNTED, VALUES
from search.request import SearchLimits
from tests.conftest import ROOT, serving
from web import urls
from web.api import export, openapi, schemas
from web.app import create_app
from web.settings import Settings

API = "/api/v1"
SITE = "https://beslut.example"
UNLISTED = {
    f"{API}/openapi.json",
    f"{API}/openapi.yaml",
    *(f"{API}/decisions.{form}" for form in export.FORMS),
    API,
}
"""Not among its paths: the profile's names of resources have no full stop in them, and the root
says what `/api-info` does."""
SPECIFICATION = openapi.specification(Settings(), SITE)
OPERATIONS = {path: methods["get"] for path, methods in SPECIFICATION["paths"].items()}
Json = dict[str, Any]


def closed(schema: Any) -> Any:
    """The schema with no members allowed but those that it names."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    one = {name: closed(value) for name, value in schema.items()}
    return one | ({"additionalProperties": False} if "properties" in one else {})


def check(value: Any, schema: str) -> None:
    """Whether a value is what a named schema says, no more and no less."""
    whole = closed(SPECIFICATION["components"]["schemas"])
    validator = jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": whole}},
        format_checker=jsonschema.FormatChecker(),
    )
    assert [error.message for error in validator.iter_errors(value)] == []


def named(operation: Json, where: str) -> set[str]:
    return {one["name"] for one in operation["parameters"] if one["in"] == where}


def test_it_is_valid_openapi_3_1() -> None:
    assert list(OpenAPIV31SpecValidator(SPECIFICATION).iter_errors()) == []
    assert SPECIFICATION["openapi"] == "3.1.0"


def test_json_and_yaml_are_served_and_say_the_same(client: FlaskClient) -> None:
    as_json = client.get(f"{API}/openapi.json").json
    assert as_json == yaml.safe_load(client.get(f"{API}/openapi.yaml").data)
    settings = client.application.config["SETTINGS"]
    assert as_json == json.loads(json.dumps(openapi.specification(settings, "http://localhost")))


def test_every_route_is_a_path_and_every_path_a_route(client: FlaskClient) -> None:
    app: Flask = client.application
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(API)}
    described = {re.sub(r"\{.*?\}", "<>", f"{API}{path}") for path in OPERATIONS}
    assert {re.sub("<.*?>", "<>", rule) for rule in rules} - UNLISTED == described


def test_the_search_takes_the_parameters_that_are_described() -> None:
    assert named(OPERATIONS["/decisions"], "query") == {
        *urls.PARAMETERS,
        "fields",
        "facets",
        "cursor",
    }
    whole = {*urls.PARAMETERS, "fields"} - {"page", "limit"}
    for path, form in openapi.EXPORTS.items():
        dialect = {"dialect"} if form == "csv" else set()
        assert named(OPERATIONS[path], "query") == whole | dialect


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_described_parameter_is_taken_and_every_other_refused(
    client: FlaskClient, path: str
) -> None:
    target = API + path.replace("{round}/{project}", openapi.DECISION_ID)
    for parameter in OPERATIONS[path]["parameters"]:
        if parameter["in"] == "query":
            query = {parameter["name"]: parameter["example"]}
            assert client.get(target, query_string=query).status_code == 200, query
    everything = {*urls.PARAMETERS, "fields", "dialect", "cursor", "facets", "since", "finnsinte"}
    for name in everything - named(OPERATIONS[path], "query"):
        response = client.get(target, query_string={name: "1"})
        assert response.status_code == 400
        assert f"Parametern {name}: den finns inte" in response.get_json(force=True)["detail"]


SEARCHES = [
    "",
    "?q=psykisk+h%C3%A4lsa",
    "?q=-skola+%22social+h%C3%A5llbarhet%22+h%C3%A4lso*+titel:m%C3%B6ten",
    "?q=pyskisk&limit=2&page=2",
    "?q=finnsinte",
    "?amountMissing=1",
    "?page=9",
]


@pytest.mark.parametrize("query", SEARCHES)
def test_searches_are_as_described(
    client: FlaskClient, small_client: FlaskClient, query: str
) -> None:
    check(client.get(f"{API}/decisions{query}").json, "SearchResult")
    check(small_client.get(f"{API}/decisions{query}").json, "SearchResult")


@pytest.mark.parametrize("names", [",".join(schemas.HIT_FIELDS), "id,amount", "snippets"])
def test_chosen_fields_are_as_described(client: FlaskClient, names: str) -> None:
    body = client.get(f"{API}/decisions?q=skola&fields={names}").json or {}
    check(body, "SelectedSearchResult")
    assert {",".join(one) for one in body["decisions"]} == {names}
    body = client.get(f"{API}/decisions/{openapi.DECISION_ID}?fields=title,source").json
    check(body, "SelectedDecision")


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        (f"/decisions/{openapi.DECISION_ID}", "Decision"),
        (f"/decisions/{openapi.DECISION_ID}/related", "RelatedDecisions"),
        ("/owners", "Owners"),
        ("/owners?limit=2&page=2", "Owners"),
        ("/owners?page=99", "Owners"),
        ("/rounds", "Rounds"),
        ("/api-info", "ApiInfo"),
    ],
)
def test_other_answers_are_as_described(client: FlaskClient, path: str, schema: str) -> None:
    response = client.get(API + path)
    assert response.status_code == 200
    check(response.json, schema)


def test_a_decision_has_every_member_that_is_described(client: FlaskClient) -> None:
    described = SPECIFICATION["components"]["schemas"]
    body = client.get(f"{API}/decisions/{openapi.DECISION_ID}").json
    assert set(body or {}) == set(described["Decision"]["properties"])
    assert tuple(body or {}) == schemas.DECISION_FIELDS
    assert tuple(described["SelectedDecision"]["properties"]) == schemas.HIT_FIELDS


def test_every_member_is_required_where_fields_does_not_choose_them() -> None:
    for name, schema in SPECIFICATION["components"]["schemas"].items():
        optional = set(schema["properties"]) - set(schema["required"])
        if name == "SelectedDecision":
            assert optional == set(schemas.HIT_FIELDS)
        else:
            expected = {
                "Links": {"last", "prev", "next"},
                "SearchMeta": {"cursor"},
                "Change": {"fields", "movedTo"},
                "Problem": {"parameter", "at"},
            }
            assert optional == expected.get(name, set()), name


@pytest.mark.parametrize("form", export.FORMS)
def test_each_export_is_an_operation_with_one_media_type(client: FlaskClient, form: str) -> None:
    """What answers with several is generated as a client that crashes on all but one."""
    (path,) = [path for path, one in openapi.EXPORTS.items() if one == form]
    (media,) = OPERATIONS[path]["responses"]["200"]["content"]
    query = {"q": "skola", "fields": "id,title"}
    served = client.get(f"{API}{path}", query_string=query)
    assert served.mimetype == media
    old = client.get(f"{API}/decisions.{form}", query_string=query)
    assert (old.mimetype, old.data) == (media, served.data)


def test_what_is_not_called_text_is_binary() -> None:
    """openapi-generator's Python client refuses a string of any other media type."""
    for path in openapi.EXPORTS:
        ((media, content),) = OPERATIONS[path]["responses"]["200"]["content"].items()
        is_text = media.startswith("text/")
        assert content["schema"].get("format") == (None if is_text else "binary")


def test_what_an_example_leads_to_has_a_whole_address(client: FlaskClient) -> None:
    """Tools fetch an `externalValue` from where they have the description, which may be a file."""
    text = client.get(f"{API}/openapi.yaml").text
    found = re.findall(r"externalValue: (.*)", text)
    assert found == [f"http://localhost{API}/exports/xlsx"]
    assert client.get(found[0].removeprefix("http://localhost")).status_code == 200


def test_it_says_that_no_key_is_needed() -> None:
    assert SPECIFICATION["security"] == []


def schemas_of_values() -> dict[str, tuple[str, Json]]:
    """The schema of each query parameter that takes text, once, and a path that has it."""
    return {
        f"{name} of {path}": (path, one)
        for path, operation in OPERATIONS.items()
        for one in operation["parameters"]
        for name in [one["name"]]
        if one["in"] == "query" and ("pattern" in one["schema"] or "enum" in one["schema"])
    }


@pytest.mark.parametrize("case", schemas_of_values())
def test_every_value_that_the_schema_allows_is_accepted(client: FlaskClient, case: str) -> None:
    path, parameter = schemas_of_values()[case]
    target = API + path.replace("{round}/{project}", openapi.DECISION_ID)
    schema = parameter["schema"]
    values = schema.get("enum") or st.from_regex(schema["pattern"], fullmatch=True)

    @settings(max_examples=15 if "pattern" in schema else 1, database=None, derandomize=True)
    @given(st.data())
    def accepted(data: st.DataObject) -> None:
        for value in values if isinstance(values, list) else [data.draw(values)]:
            assert client.head(target, query_string={parameter["name"]: value}).status_code == 200

    accepted()


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_number_that_the_schema_allows_is_accepted_with_every_other(
    client: FlaskClient, path: str
) -> None:
    target = API + path.replace("{round}/{project}", openapi.DECISION_ID)
    bounds = {
        one["name"]: (one["schema"]["minimum"], one["schema"]["maximum"])
        for one in OPERATIONS[path]["parameters"]
        if one["schema"]["type"] == "integer"
    }
    for values in itertools.product(*bounds.values()):
        query = dict(zip(bounds, values, strict=True))
        if query:
            assert client.get(target, query_string=query).status_code == 200, query


def test_every_dimension_is_described() -> None:
    described = SPECIFICATION["components"]["schemas"]
    assert described["Facets"]["required"] == [one.plural for one in COUNTED]
    assert described["MoreFacetValues"]["required"] == [one.plural for one in VALUES]
    for one in COUNTED:
        assert set(urls.parameters_of(one)) <= named(OPERATIONS["/decisions"], "query")
        assert (f"/{one.plural}" in OPERATIONS) is (one.kind == "values")


@pytest.mark.parametrize(
    "path", ["/decisions?page=0", "/decisions/a/b", "/finns-inte/%F2%86%B8%BF", "/owners?q=1"]
)
def test_problems_are_as_described(client: FlaskClient, path: str) -> None:
    check(client.get(API + path).get_json(force=True), "Problem")


def test_every_example_is_as_its_schema_says() -> None:
    for name, example in openapi.EXAMPLES.items():
        check(example, name)
    for operation in OPERATIONS.values():
        for parameter in operation["parameters"]:
            jsonschema.validate(parameter["example"], parameter["schema"])
        for status, response in operation["responses"].items():
            problem = response.get("content", {}).get("application/problem+json")
            if problem:
                check(problem["example"], "Problem")
                assert problem["example"]["status"] == int(status)


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_operation_is_described_with_examples(path: str) -> None:
    operation = OPERATIONS[path]
    assert operation["description"] and operation["summary"] and operation["operationId"]
    assert named(operation, "header") == {"traceparent"}
    for parameter in operation["parameters"]:
        assert parameter["description"] and "example" in parameter
    for response in operation["responses"].values():
        assert response["description"]
        assert "traceparent" in response["headers"]
        for media in response.get("content", {}).values():
            assert "example" in media or "examples" in media


def test_schemathesis_finds_nothing(sample_index: Path, tmp_path: Path) -> None:
    with serving(sample_index, search_seconds="20", themes="") as address:
        found = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"),
                "--config-file",
                str(ROOT / "tests" / "data" / "schemathesis.toml"),
                "run",
                f"{address}{API}/openapi.json",
                "--no-color",
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=300,
            check=False,
        )
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert "No issues found" in found.stdout


# The page


def examples(page: str) -> list[tuple[str, str]]:
    """(language, code) of each example on the page, as printed."""
    found = html.fromstring(page).xpath('//pre/code[contains(@class, "example")]')
    return [(one.get("class").split()[1], one.text_content()) for one in found]


def test_every_example_on_the_page_runs_as_printed(client: FlaskClient, server: str) -> None:
    codes = examples(_page(server))
    assert {language for language, _ in codes} == {"curl", "python", "javascript"}
    assert len(codes) == 9
    for _, code in codes[:3]:  # to begin with
        assert sum(bool(line.strip()) for line in code.splitlines()) <= 10


@pytest.mark.parametrize("number", range(9))
def test_an_example_runs_as_printed(
    server: str, tmp_path: Path, number: int, browser: Browser
) -> None:
    language, code = examples(_page(server))[number]
    assert server in code
    if language == "javascript":
        assert "Luleå kommun" in _logged(browser, server, code)
        return
    if language == "python":
        command = [sys.executable, "-c", code]
    elif shutil.which("curl"):
        command = [*shlex.split(code), "--fail", "--silent", "--show-error"]
    else:
        pytest.fail("curl is needed to run the examples")
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    written = [path.read_text("utf-8") for path in tmp_path.iterdir()]
    assert ran.stdout.strip() or (all(written) and written)


def _logged(browser: Browser, server: str, code: str) -> str:
    """What a script writes that runs in a page of the site."""
    page = browser.new_page()
    lines: list[str] = []
    page.on("console", lambda message: lines.append(message.text))
    page.goto(f"{server}/api")
    page.evaluate(f"(async () => {{ {code} }})()")
    page.close()
    return "\n".join(lines)


def _page(server: str) -> str:
    from urllib.request import urlopen

    with urlopen(f"{server}/api") as response:
        text: str = response.read().decode()
        return text


def test_the_page_names_every_parameter_path_and_limit(client: FlaskClient) -> None:
    page = client.get("/api").text
    for name in [*urls.PARAMETERS, "fields"]:
        assert f"<code>{name}</code>" in page
    for path in OPERATIONS:
        assert f"GET {API}{path}</code>" in page
    for form in export.FORMS:
        assert f"{API}/decisions.{form}" in page
    for limit in Settings().limits.__slots__:
        assert str(getattr(Settings().limits, limit)) in page
    assert not re.search(r'<script(?! src="/static/| type="application/ld\+json")', page)


def test_the_description_follows_the_settings(sample_index: Path) -> None:
    settings = Settings(
        index=sample_index, base_url=SITE, limits=SearchLimits(page_size=50, query_refused=99)
    )
    body = create_app(settings).test_client().get(f"{API}/openapi.json").json or {}
    limits = {one["name"]: one for one in body["paths"]["/decisions"]["get"]["parameters"]}
    assert limits["limit"]["schema"]["maximum"] == 50
    assert limits["q"]["schema"]["maxLength"] == 99
    assert body["servers"][0]["url"] == f"{SITE}/api/v1"
