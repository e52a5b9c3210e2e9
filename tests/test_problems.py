"""Errors as programs are told them: each has a code, which leads to what it means."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from lxml import html

from tests.conftest import ROOT
from web import messages
from web.problems import BY_STATUS, KINDS, REASONS, Fault, listed
from web.serving.accesslog import REFUSED
from web.settings import Settings

API = "/api/v1/decisions"
RAISED = {
    "RequestError": 2,
    "Message.of": 0,
    "Failure": 0,
    "NotFound": 0,
    "Fault": 0,
}
"""What is called with a code, and which of its arguments that is."""


def codes() -> Iterator[str]:
    """Every code in the source that something is called with."""
    for path in sorted(ROOT.glob("search/**/*.py")) + sorted(ROOT.glob("web/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                at = RAISED.get(ast.unparse(node.func))
                at = {"super().__init__": 2, "RequestError.__init__": 3}.get(
                    ast.unparse(node.func), at
                )
                if at is not None and len(node.args) > at:
                    yield from texts(node.args[at])


def texts(argument: ast.expr) -> Iterator[str]:
    choices = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
    for one in choices:
        if isinstance(one, ast.Constant) and one.value:
            yield one.value


def test_every_error_that_is_raised_is_in_the_table() -> None:
    found = {*codes()} - messages.NOTES.keys()
    named_elsewhere = {"turned-dates", "turned-span", "unknown-parameter", "no-parameters"}
    found |= named_elsewhere | {*BY_STATUS.values(), *REASONS.values(), "bad-request", "not-found"}
    assert found == KINDS.keys()


def test_codes_are_plain_and_no_code_is_an_error_and_a_note() -> None:
    assert all(re.fullmatch("[a-z0-9-]+", code) for code in KINDS)
    assert not KINDS.keys() & messages.NOTES.keys()


@pytest.mark.parametrize("path", ["/api", "/en/api"])
def test_the_page_of_the_api_explains_each_code(client: FlaskClient, path: str) -> None:
    tree = html.document_fromstring(client.get(path).text)
    rows = {row.get("id"): [cell.text_content() for cell in row] for row in tree.xpath("//tr[@id]")}
    assert rows.keys() == {f"fel-{code}" for code in KINDS}
    for code, kind in KINDS.items():
        name, status, said = rows[f"fel-{code}"]
        assert (name, status) == (code, str(kind.status))
        assert said[0] in "…" or said[0].isupper()
        assert said.endswith(".") and "%" not in said.replace("%C", "")


def test_each_kind_has_a_title_of_its_status(client: FlaskClient) -> None:
    with client.application.test_request_context("/api/v1/decisions"):
        titles = {status: Fault(code).title for code, status, _ in listed()}
    assert len({*titles.values()}) == len(titles)


@pytest.mark.parametrize(
    ("path", "status", "code", "parameter"),
    [
        (f"{API}?sort=datum", 400, "unknown-sort", "sort"),
        (f"{API}?limit=101", 400, "large-page", "limit"),
        (f"{API}?amountMin=abc", 400, "no-amount", "amountMin"),
        (f"{API}?q=h*", 400, "short-prefix", "q"),
        (f"{API}?sida=1", 400, "unknown-parameter", "sida"),
        (f"{API}?lang=de", 400, "unknown-language", "lang"),
        (f"{API}.csv?dialect=x", 400, "unknown-choice", "dialect"),
        ("/feed.atom?page=0", 400, "no-count", "page"),
        (f"{API}?" + "a" * 9000, 400, "long-address", None),
        (f"{API}/esf-2026-1/nej", 404, "no-decision", None),
        ("/api/v1/owners/nej", 404, "no-subject", None),
        ("/api/v1/nej", 404, "not-found", None),
        ("/datasets/dcat", 404, "no-catalogue", None),
    ],
)
def test_an_error_says_what_it_is_and_which_parameter_is_at_fault(
    client: FlaskClient, path: str, status: int, code: str, parameter: str | None
) -> None:
    response = client.get(path)
    body = response.get_json(force=True)
    assert (response.status_code, body["code"], body.get("parameter")) == (status, code, parameter)
    assert body["type"] == f"http://localhost/api#fel-{code}"
    assert KINDS[code].status == status


def test_a_search_that_takes_too_long_is_the_fault_of_no_parameter(client: FlaskClient) -> None:
    client.application.config["SETTINGS"], kept = (
        Settings(index=client.application.config["SETTINGS"].index, search_seconds=1e-9),
        client.application.config["SETTINGS"],
    )
    try:
        body = client.get(f"{API}?q=skola").get_json(force=True)
    finally:
        client.application.config["SETTINGS"] = kept
    assert (body["code"], "parameter" in body) == ("timeout", False)


def test_a_host_that_is_not_ours_is_not_repeated_as_an_address(client: FlaskClient) -> None:
    body = client.get(API, headers={"Host": "ond.example"}).get_json(force=True)
    assert (body["code"], body["type"]) == ("unknown-host", "/api#fel-unknown-host")


@pytest.mark.parametrize("path", [f"{API}?page=0", f"{API}.csv?sort=x", "/feed.atom?page=0"])
def test_an_error_is_told_in_the_language_that_is_asked_for(client: FlaskClient, path: str) -> None:
    told = [client.get(path, headers={"Accept-Language": language}) for language in ("sv", "en")]
    assert [one.headers["Content-Language"] for one in told] == ["sv", "en"]
    swedish, english = (one.get_json(force=True) for one in told)
    assert swedish["detail"].startswith("Parametern ")
    assert english["detail"].startswith("Parameter ")
    assert (swedish["code"], swedish["type"]) == (english["code"], english["type"])


@pytest.mark.parametrize("reason", REASONS)
def test_what_the_server_has_no_room_for_has_a_code_too(client: FlaskClient, reason: str) -> None:
    response = client.get(API, environ_overrides={REFUSED: reason})
    body = response.get_json(force=True)
    assert (response.status_code, body["code"]) == (503, REASONS[reason])
    assert body["type"] == f"http://localhost/api#fel-{REASONS[reason]}"
    assert response.headers["Retry-After"] == "5"
