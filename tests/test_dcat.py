"""The open data as DCAT-AP-SE."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from web.api import dcat
from web.app import create_app
from web.settings import Settings

SITE = "https://beslut.example"
LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/"


@pytest.fixture(scope="module")
def published(sample_index: Path) -> FlaskClient:
    settings = Settings(
        index=sample_index,
        base_url=f"{SITE}/",
        publisher="Region Vi & Co",
        contact="data@beslut.example",
        licence=LICENCE,
    )
    return create_app(settings).test_client()


@pytest.fixture(scope="module")
def graph(published: FlaskClient) -> Graph:
    return Graph().parse(data=published.get("/datasets/dcat").data, format="xml")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own
def test_both_forms_say_the_same(published: FlaskClient, graph: Graph) -> None:
    response = published.get("/datasets/dcat.jsonld")
    assert response.content_type == "application/ld+json; charset=utf-8"
    other = Graph().parse(data=response.data, format="json-ld")
    assert len(graph) > 60
    assert isomorphic(graph, other)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/rdf+xml"),
        ("*/*", "application/rdf+xml"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/ld+json;q=0.5, application/rdf+xml", "application/rdf+xml"),
        ("text/html", "application/rdf+xml"),
    ],
)
def test_the_form_is_what_accept_asks_for(
    published: FlaskClient, accept: str | None, kind: str
) -> None:
    response = published.get("/datasets/dcat", headers={"Accept": accept} if accept else {})
    assert response.mimetype == kind
    assert "Accept" in response.headers["Vary"].split(", ")


MANDATORY = {
    DCAT.Catalog: {DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license},
    DCAT.Dataset: {
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.publisher,
        DCAT.contactPoint,
        DCAT.distribution,
    },
    DCAT.Distribution: {DCAT.accessURL, DCTERMS.license, DCTERMS.description},
    DCAT.DataService: {
        DCTERMS.title,
        DCTERMS.publisher,
        DCAT.contactPoint,
        DCAT.endpointURL,
        DCAT.servesDataset,
        DCAT.keyword,
        DCAT.theme,
        DCTERMS.accessRights,
    },
    FOAF.Agent: {FOAF.name},
}
"""What DCAT-AP-SE 3 requires, or recommends and portals ask for, of each class."""


@pytest.mark.parametrize("kind", MANDATORY, ids=str)
def test_each_resource_has_what_the_profile_asks_for(graph: Graph, kind: URIRef) -> None:
    found = list(graph.subjects(RDF.type, kind))
    assert found
    for one in found:
        assert MANDATORY[kind] <= set(graph.predicates(one))


def test_every_address_is_absolute_and_leads_somewhere(
    published: FlaskClient, graph: Graph
) -> None:
    addresses = {str(one) for one in graph.all_nodes() if isinstance(one, URIRef)}
    assert all(":" in one for one in addresses)
    here = {one.removeprefix(SITE).partition("#")[0] for one in addresses if one.startswith(SITE)}
    assert {"/api/v1", "/api/v1/openapi.json", "/api", "/"} <= here
    for path in here:
        assert published.get(path).status_code == 200, path


def test_the_end_point_says_what_the_api_is(published: FlaskClient) -> None:
    assert published.get("/api/v1").json == published.get("/api/v1/api-info").json


MEDIA_TYPE = r"\w+/[-.\w]+(\+[-.\w]+)?"


@pytest.mark.parametrize("kind", [DCAT.Distribution, DCAT.DataService], ids=str)
def test_the_format_is_one_plain_media_type_as_the_profiles_own_forms_have_it(
    graph: Graph, kind: URIRef
) -> None:
    for one in graph.subjects(RDF.type, kind):
        (media,) = graph.objects(one, DCTERMS["format"])
        assert isinstance(media, Literal) and media.datatype is media.language is None
        assert re.fullmatch(MEDIA_TYPE, media)
    assert not list(graph.objects(None, DCAT.mediaType))


def test_what_is_downloaded_is_what_its_format_says(published: FlaskClient, graph: Graph) -> None:
    for one in graph.subjects(RDF.type, DCAT.Distribution):
        (address,) = graph.objects(one, DCAT.downloadURL)
        (media,) = graph.objects(one, DCTERMS["format"])
        assert published.get(address.removeprefix(SITE)).mimetype == str(media)
        assert list(graph.objects(one, DCTERMS.license)) == [URIRef(LICENCE)]


def test_every_mention_of_the_site_is_described(graph: Graph) -> None:
    here = f"{SITE}/datasets/dcat"
    mentioned = {one for one in graph.objects() if str(one).startswith(here)}
    assert mentioned <= set(graph.subjects())


def test_without_settings_the_problem_names_those_that_are_missing(client: FlaskClient) -> None:
    for path in ("/datasets/dcat", "/datasets/dcat.rdf", "/datasets/dcat.jsonld"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"
        detail = json.loads(response.data)["detail"]
        assert "BESLUT_BASE_URL, BESLUT_PUBLISHER, BESLUT_LICENCE" in detail
    assert dcat.missing(Settings(base_url=SITE, publisher="Vi")) == ["BESLUT_LICENCE"]


def test_the_server_warns_at_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.conftest import free_port
    from web.serving import server as serve

    monkeypatch.setattr(serve.Server, "serve", lambda self, **options: None)
    settings = Settings(base_url=SITE, port=free_port())
    with caplog.at_level(logging.WARNING, "beslut"), serve.listen(settings) as listener:
        serve.serve(settings, listener, "")
    assert "BESLUT_PUBLISHER, BESLUT_LICENCE saknas" in caplog.text
