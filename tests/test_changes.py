"""Whoever follows the index, by its changes, its feed or page by page, misses nothing."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from index.build import build, roll_back
from index.documents.sources import Reading
from index.errors import IndexUnusable
from index.storage.journal import JOURNAL
from index.storage.store import Store
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import ROOT, Clock, document, serving
from web.api.feeds import ATOM
from web.app import create_app
from web.settings import Settings

Json = dict[str, Any]
API = "/api/v1"
BRO = "Ö\tBro\tVi bygger en bro.\t1"
LONG = "Ö\tBro\tVi bygger en lång bro.\t1"
TWIN = "Å\tBro\tVi bygger en annan.\t9"
VAG = "Å\tVäg\tVi bygger en väg.\t2"
RENAMED = "Ö\tBron\tVi bygger en bro.\t1"


class Index:
    """One document beside one that stays, and the index of both."""

    def __init__(self, folder: Path) -> None:
        self.sources, self.path = folder / "in", folder / "index"
        self.sources.mkdir()
        self.write("stor.txt", *(f"Ö\tProjekt {n}\tNummer {n}.\t{n}" for n in range(12)))

    def write(self, name: str, *rows: str) -> None:
        heading = f"# Regionens beslut om projekt {name[0].upper()} 2030:1"
        (self.sources / name).write_text(document(*rows, heading=heading), "utf-8")

    def holds(self, *rows: str, days: int = 90) -> None:
        """Makes the index hold some rows beside those that stay."""
        self.write("liten.txt", *rows)
        if not rows:
            (self.sources / "liten.txt").unlink()
        reading = Reading(accept=True)
        build([self.sources], self.path, reading=reading, changes_days=days)

    def client(self) -> FlaskClient:
        return create_app(Settings(index=self.path)).test_client()


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """*Bro* and *Väg* beside twelve others."""
    one = Index(tmp_path)
    one.holds(BRO, VAG)
    return one


def ask(client: FlaskClient, path: str, **query: Any) -> Json:
    response = client.get(path, query_string=query or None)
    assert response.status_code == 200, response.text
    found: Json = response.get_json()
    return found


def told(client: FlaskClient, since: str) -> list[tuple[str, ...]]:
    """What has happened: kind, id, and what changed or where the id moved."""
    return [
        (one["kind"], one["id"], *one.get("fields", ()), *filter(None, [one.get("movedTo")]))
        for one in ask(client, f"{API}/changes", since=since)["changes"]
    ]


def up_to_date(client: FlaskClient) -> str:
    """The cursor of whoever has read everything."""
    cursor: str = ask(client, f"{API}/decisions", limit=0)["_meta"]["changesCursor"]
    return cursor


# Changes


def test_from_the_beginning_each_decision_has_come_once(index: Index) -> None:
    client = index.client()
    answer = ask(client, f"{API}/changes")
    assert {one["kind"] for one in answer["changes"]} == {"created"}
    ids = [one["id"] for one in answer["changes"]]
    assert len(ids) == len(set(ids)) == 14
    assert answer["cursor"] == up_to_date(client)
    again = ask(client, answer["_links"]["next"]["href"])
    assert (again["changes"], again["cursor"]) == ([], answer["cursor"])


def test_what_came_changed_and_went_is_told_in_order(index: Index) -> None:
    since = up_to_date(index.client())
    index.holds(LONG, "Ö\tHamn\tNy.\t5")
    client = index.client()
    assert told(client, since) == [
        ("deleted", "l-2030-1/vag"),
        ("changed", "l-2030-1/bro", "description"),
        ("created", "l-2030-1/hamn"),
    ]
    assert told(client, up_to_date(client)) == []


def test_an_id_that_becomes_another_is_a_deletion_that_says_where_it_moved(index: Index) -> None:
    since = up_to_date(index.client())
    index.holds(BRO, VAG, TWIN)
    assert told(index.client(), since) == [
        ("deleted", "l-2030-1/bro", "l-2030-1/bro--o"),
        ("changed", "l-2030-1/bro--o", "id"),
        ("created", "l-2030-1/bro--a"),
    ]


def test_a_decision_that_went_before_anybody_looked_leaves_its_deletion_alone(
    index: Index,
) -> None:
    since = up_to_date(index.client())
    index.holds(LONG, VAG, TWIN)
    index.holds(VAG)
    kinds = [one[:2] for one in told(index.client(), since)]
    assert ("deleted", "l-2030-1/bro--o") in kinds
    assert all(kind == "deleted" for kind, _ in kinds)


def test_a_rollback_is_told_and_so_is_what_follows(index: Index) -> None:
    index.holds(LONG, VAG, TWIN)
    since = up_to_date(index.client())
    roll_back(index.path)
    client = index.client()
    assert told(client, since) == [
        ("deleted", "l-2030-1/bro--a"),
        ("deleted", "l-2030-1/bro--o", "l-2030-1/bro"),
        ("changed", "l-2030-1/bro", "id", "description"),
    ]
    since = up_to_date(client)
    index.holds(LONG, VAG, TWIN)
    assert [one[:2] for one in told(index.client(), since)] == [
        ("deleted", "l-2030-1/bro"),
        ("changed", "l-2030-1/bro--o"),
        ("created", "l-2030-1/bro--a"),
    ]


def test_changes_come_in_pages_that_go_on_where_the_last_ended(index: Index) -> None:
    client = index.client()
    whole = ask(client, f"{API}/changes")["changes"]
    address, found, sizes = f"{API}/changes?limit=5", [], []
    while True:
        answer = ask(client, address)
        if not answer["changes"]:
            break
        found += answer["changes"]
        sizes.append(len(answer["changes"]))
        address = answer["_links"]["next"]["href"]
    assert (found, sizes) == (whole, [5, 5, 4])


def test_who_begins_is_not_told_of_what_happened_before(index: Index) -> None:
    index.holds(LONG, TWIN)
    assert {kind for kind, *_ in told(index.client(), "*")} == {"created"}


def test_what_happens_while_somebody_begins_is_told_at_the_end(index: Index) -> None:
    first = ask(index.client(), f"{API}/changes", limit=3)
    index.holds(LONG, TWIN)
    client = index.client()
    rest = ask(client, f"{API}/changes", since=first["cursor"])["changes"]
    came = [one["identity"] for one in (*first["changes"], *rest) if one["kind"] == "created"]
    assert ("deleted", "l-2030-1/vag") in told(client, first["cursor"])
    came.remove(next(one["identity"] for one in rest if one["id"] == "l-2030-1/vag"))
    assert sorted(came) == sorted(one["identity"] for one in exported(client))


def test_a_decision_says_when_it_changed(tmp_path: Path, clock: Clock) -> None:
    index = Index(tmp_path)
    index.holds(BRO, VAG)
    clock.tick()
    index.holds(LONG, VAG)
    client = index.client()
    bro, vag = (ask(client, f"{API}/decisions/l-2030-1/{name}") for name in ("bro", "vag"))
    assert (bro["firstSeen"], bro["modified"]) == ("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z")
    assert vag["firstSeen"] == vag["modified"] == "2030-01-01T00:00:00Z"
    (change,) = ask(client, f"{API}/changes", since=f"{up_to_date(client)[:8]}.14")["changes"]
    assert change["at"] == bro["modified"]
    assert change["identity"] == bro["identity"]


def test_what_happened_longer_ago_than_is_remembered_is_410(tmp_path: Path, clock: Clock) -> None:
    index = Index(tmp_path)
    index.holds(BRO, VAG)
    since = up_to_date(index.client())
    index.holds(LONG, VAG)
    later = up_to_date(index.client())
    for _ in range(3):
        clock.tick()
    index.holds(BRO, VAG, days=2)
    client = index.client()
    assert told(client, later) == [("changed", "l-2030-1/bro", "description")]
    response = client.get(f"{API}/changes?since={since}")
    assert response.status_code == 410
    assert "börja om från början" in response.get_json(force=True)["detail"]
    assert len(told(client, "*")) == 14
    for _ in range(3):
        clock.tick()
    index.holds(BRO, VAG, TWIN, days=2)
    assert client.get(f"{API}/changes?since={later}").status_code == 410


def test_who_begins_slowly_may_go_on_though_the_past_is_forgotten(
    tmp_path: Path, clock: Clock
) -> None:
    index = Index(tmp_path)
    index.holds(BRO, VAG)
    for _ in range(3):
        clock.tick()
    index.holds(LONG, VAG, days=2)
    clock.tick()
    index.holds(LONG, VAG, TWIN, days=2)
    client = index.client()
    first = ask(client, f"{API}/changes", limit=3)
    assert int(first["cursor"].split(".")[1]) < 14
    assert len(told(client, first["cursor"])) == len(ids(client)) - 3


@pytest.mark.parametrize(
    "cursor", ["x", "12", "ABCDEF12.3", "abcdef12.", "abcdef12.3.4.5", "*.1", "**"]
)
@pytest.mark.parametrize("path", ["changes?since=", "decisions?cursor="])
def test_what_is_no_cursor_is_400(index: Index, path: str, cursor: str) -> None:
    response = index.client().get(f"{API}/{path}{cursor}")
    assert response.status_code == 400
    assert "är ingen markör" in response.get_json(force=True)["detail"]


def test_a_cursor_of_another_index_is_410_and_one_that_is_ahead_is_to_wait(index: Index) -> None:
    client = index.client()
    epoch, number = up_to_date(client).split(".")
    for path in ("changes?since=", "decisions?cursor="):
        assert client.get(f"{API}/{path}00000000.1").status_code == 410
        for cursor in (f"{epoch}.{int(number) + 1}", f"{epoch}.1.{int(number) + 1}"):
            response = client.get(f"{API}/{path}{cursor}")
            assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_where_the_last_index_is_lost_events_are_counted_anew(index: Index) -> None:
    since = up_to_date(index.client())
    path = Store(index.path).current().columns / "amounts.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    index.holds(BRO, VAG, TWIN)
    client = index.client()
    assert client.get(f"{API}/changes?since={since}").status_code == 410
    assert len(told(client, "*")) == 15


def test_an_empty_list_means_that_nothing_is_new(index: Index) -> None:
    since = up_to_date(index.client())
    index.holds(LONG, VAG)
    index.holds(VAG)  # so that what changed is not told
    client = index.client()
    answer = ask(client, f"{API}/changes", since=since, limit=1)
    assert [one["kind"] for one in answer["changes"]] == ["deleted"]
    assert ask(client, f"{API}/changes", since=answer["cursor"], limit=1)["changes"] == []
    assert answer["cursor"] == up_to_date(client)


def test_where_events_are_counted_anew_what_is_new_is_newest(tmp_path: Path, clock: Clock) -> None:
    index = Index(tmp_path)
    index.holds(BRO, VAG)
    clock.tick()
    index.write("ny.txt", "Ö\tNytt\tText.\t7")
    index.holds(BRO, VAG)
    clock.tick()
    index.write("stor.txt", *(f"Ö\tProjekt {n}\tNummer {n} nu.\t{n}" for n in range(12)))
    index.holds(BRO, VAG)  # all but what is new has been read again
    path = Store(index.path).current().columns / "identities.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    index.write("nyast.txt", "Ö\tNyast\tText.\t7")
    index.holds(BRO, VAG)
    assert [title for _, title in entries(index.client())][:2] == ["Nyast", "Nytt"]


# What is gone


def test_a_deleted_id_is_410_with_when(tmp_path: Path, clock: Clock) -> None:
    index = Index(tmp_path)
    index.holds(BRO, VAG)
    clock.tick()
    index.holds(BRO)
    client = index.client()
    for path in ("", "/related"):
        response = client.get(f"{API}/decisions/l-2030-1/vag{path}")
        assert response.status_code == 410
        body = response.get_json(force=True)
        assert "2 januari 2030 kl. 01:00" in body["detail"]
        assert body["at"] == "2030-01-02T00:00:00Z"
    page = client.get("/beslut/l-2030-1/vag")
    assert page.status_code == 410
    assert "Det togs bort 2 januari 2030 kl. 01:00" in page.text
    assert client.get(f"{API}/decisions/l-2030-1/fanns-aldrig").status_code == 404


def test_an_id_that_a_corrected_title_made_another_leads_on(index: Index) -> None:
    index.holds("Ö\tBron\tVi bygger en bro.\t1", VAG)
    index.holds("Ö\tStora bron\tVi bygger en bro.\t1", VAG)
    client = index.client()
    for name in ("bro", "bron"):
        response = client.get(f"{API}/decisions/l-2030-1/{name}")
        assert (response.status_code, response.location) == (
            302, f"{API}/decisions/l-2030-1/stora-bron",
        )  # fmt: skip
        page = client.get(f"/beslut/l-2030-1/{name}")
        assert (page.status_code, page.location) == (302, "/beslut/l-2030-1/stora-bron")
    index.holds(VAG)
    assert index.client().get(f"{API}/decisions/l-2030-1/bro").status_code == 410


def test_a_journal_that_was_written_to_is_not_served(index: Index) -> None:
    index.holds(LONG, VAG)
    index.holds(LONG, VAG, TWIN)
    path = Store(index.path).current().path / JOURNAL / "events.jsonl"
    path.write_bytes(path.read_bytes().replace(b"changed", b"deleted"))
    assert Store(index.path).current().warning is not None


# Page by page


def ids(client: FlaskClient, **query: Any) -> list[str]:
    return [one["id"] for one in walk(client, **query)]


def walk(client: FlaskClient, **query: Any) -> Iterator[Json]:
    """All decisions of a search, with a cursor."""
    asked = {"cursor": "*", "facets": "none", "limit": 4} | query
    answer = ask(client, f"{API}/decisions", **asked)
    while True:
        yield from answer["decisions"]
        if "next" not in answer["_links"]:
            return
        answer = ask(client, answer["_links"]["next"]["href"])


def exported(client: FlaskClient) -> list[Json]:
    """Every decision as the export has it."""
    return [json.loads(line) for line in client.get(f"{API}/decisions.jsonl").data.splitlines()]


def test_a_walk_has_each_decision_once_and_has_its_filters(index: Index) -> None:
    client = index.client()
    found = ids(client)
    assert len(found) == len(set(found)) == 14
    assert ids(client, q="nummer", limit=5) == [f"s-2030-1/projekt-{n}" for n in range(12)]
    answer = ask(client, f"{API}/decisions", cursor="*", sort="title", page=3, limit=2)
    assert [one["id"] for one in answer["decisions"]] == found[:2]
    assert "sort och page gäller inte" in answer["notes"][0]
    assert {*answer["_links"]} == {"self", "first", "next"}


def test_a_walk_is_not_disturbed_by_what_comes_and_goes_meanwhile(index: Index) -> None:
    address, found = f"{API}/decisions?cursor=*&limit=4&facets=none", []
    states = iter([(TWIN, BRO), (TWIN, LONG, "Ö\tHamn\tNy.\t5"), (LONG,)])
    while address:
        answer = ask(index.client(), address)
        found += [one["title"] for one in answer["decisions"]]
        address = answer["_links"].get("next", {}).get("href")
        index.holds(*next(states, (LONG,)))
    assert sorted(found)[:1] == ["Bro"]
    stayed = [f"Projekt {n}" for n in range(12)]
    assert all(found.count(title) == 1 for title in ["Bro", *stayed])


# The feed


def entries(client: FlaskClient, query: str = "") -> Iterator[tuple[str, str]]:
    """Identifier and title of each entry of a feed, over all its pages."""
    address = f"/feed.atom{query}"
    while address:
        root = etree.fromstring(client.get(address).data)
        for entry in root.findall(f"{{{ATOM}}}entry"):
            yield entry.findtext(f"{{{ATOM}}}id"), entry.findtext(f"{{{ATOM}}}title")
        links = {one.get("rel"): one.get("href") for one in root.findall(f"{{{ATOM}}}link")}
        address = links.get("next", "").removeprefix("http://localhost")


def test_all_that_is_new_is_in_the_pages_of_the_feed_newest_first(index: Index) -> None:
    seen = {name for name, _ in entries(index.client())}
    assert len(seen) == 14
    index.write("ny.txt", *(f"Ö\tNytt {n}\tText {n}.\t{n}" for n in range(45)))
    index.holds(BRO, VAG)
    found = [*entries(index.client())]
    titles = [title for name, title in found if name not in seen]
    assert sorted(titles) == sorted(f"Nytt {n}" for n in range(45))
    assert [title for _, title in found[:45]] == titles
    assert [*entries(index.client(), "?limit=7")] == found
    assert len({name for name, _ in found}) == 59


def test_what_is_new_is_above_what_has_come_back(index: Index) -> None:
    new = [f"Ö\tNytt {n}\tText {n}.\t{n}" for n in range(5)]
    index.write("ny.txt", *new)
    index.holds(BRO)
    known = [name for name, _ in entries(index.client())]
    roll_back(index.path)
    index.write("ny.txt", "Å\tAlldeles nytt\tNy text.\t77", *new)
    index.holds(BRO)
    found = [name for name, _ in entries(index.client())]
    assert found[0] not in known
    assert sorted(found[1:]) == sorted(known)


@pytest.mark.parametrize("rows", [(LONG, VAG), (BRO, VAG, TWIN), (RENAMED, VAG)])
def test_a_correction_or_a_twin_is_no_news_but_of_the_twin(
    index: Index, rows: tuple[str, ...]
) -> None:
    before = [name for name, _ in entries(index.client())]
    index.holds(*rows)
    now = [name for name, _ in entries(index.client())]
    assert [name for name in now if name in before] == before
    assert len(now) == len(before) + (TWIN in rows)


# The law


ROWS = [BRO, LONG, TWIN, VAG, RENAMED, "Å\tBro\tVi bygger en till.\t9"]
STATES = st.lists(st.lists(st.sampled_from(ROWS), unique=True), min_size=2, max_size=4)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=STATES, back=st.integers(0, 4))
def test_whoever_does_what_the_changes_say_has_what_the_index_has(
    tmp_path_factory: pytest.TempPathFactory, states: list[list[str]], back: int
) -> None:
    index = Index(tmp_path_factory.mktemp("law"))
    by_id: dict[str, str] = {}
    by_identity: dict[str, str] = {}
    came: list[str] = []
    cursor = None
    for number, rows in enumerate(states):
        index.holds(*rows)
        if number == back:
            with contextlib.suppress(IndexUnusable):  # there may be no generation before
                roll_back(index.path)
        searcher = Searcher.open(index.path)
        found = searcher.history.since(cursor, 1000)
        for change in found.changes:
            if change.kind == "deleted":
                by_id.pop(change.id, None)
                if change.moved_to is None:
                    by_identity.pop(change.identity, None)
                continue
            came += [change.identity] if change.kind == "created" else []
            decision = searcher.get(change.id)
            assert decision is not None
            by_id[change.id] = by_identity[change.identity] = str(decision.description)
        hits = [hit.decision for hit in searcher.search(SearchRequest(limit=100)).hits]
        assert by_id == {one.id: str(one.description) for one in hits}
        assert by_identity == {one.identity: str(one.description) for one in hits}
        assert searcher.history.since(found.cursor, 1000).changes == ()
        cursor = found.cursor
        searcher.close()


# The harvester


def test_the_harvester_of_the_documentation_has_what_the_index_has(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.holds(BRO, VAG)
    copy = tmp_path / "copy.json"
    with serving(index.path) as address:

        def harvested() -> list[Json]:
            script = [sys.executable, str(ROOT / "docs" / "harvest.py"), address, str(copy)]
            subprocess.run(script, check=True, timeout=60)
            found = json.loads(copy.read_text("utf-8"))["decisions"]
            assert all(one["identity"] == identity for identity, one in found.items())
            return [*found.values()]

        def compared(decisions: list[Json]) -> dict[str, Json]:
            places = "source", "url"  # where it was read, and at which site
            return {
                one["id"]: {name: one[name] for name in one if name not in places}
                for one in decisions
            }

        assert len(harvested()) == 14
        for change in (
            lambda: index.holds(LONG, VAG, TWIN),
            lambda: index.holds(TWIN, "Ö\tHamn\tNy.\t5"),
            lambda: roll_back(index.path),
            lambda: index.holds(LONG, "Ö\tHamn\tNy.\t5", VAG),
        ):
            change()
            decisions = harvested()
            assert len(decisions) == len(compared(decisions))
            assert compared(decisions) == compared(exported(index.client()))
