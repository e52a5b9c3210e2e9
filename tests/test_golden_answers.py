"""The promise of version 1: these answers stay as they are.

``python -m tests.test_golden_answers`` writes them anew. Do that when the sample or the ranking has
changed, and read the difference before it is committed: a member that goes, or gets another name,
type or meaning, breaks the promise and is version 2.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from index.build import build
from tests.conftest import ROOT, SAMPLE
from web.app import create_app
from web.settings import Settings

FOLDER = ROOT / "tests" / "data" / "answers"
THEMES = ROOT / "tests" / "data" / "areas.txt"
FIRST = "esf-2026-1/hela-vagen-ut"
ANSWERS = {
    "search": "/api/v1/decisions?q=psykisk%20h%C3%A4lsa",
    "everything": "/api/v1/decisions?limit=2&page=2",
    "filtered": "/api/v1/decisions?owner=Lule%C3%A5%20kommun&amountMin=1%20mnkr&sort=amount",
    "words": "/api/v1/decisions?q=skola%20-kultur%20titel:h%C3%A4l*&fields=id",
    "misspelled": "/api/v1/decisions?q=kompetensf%C3%B6rs%C3%B6rjnig&fields=id,title",
    "nothing": "/api/v1/decisions?q=finnsinte",
    "fields": "/api/v1/decisions?q=skola&fields=id,amount,source",
    "decision": f"/api/v1/decisions/{FIRST}",
    "related": f"/api/v1/decisions/{FIRST}/related",
    "owners": "/api/v1/owners?limit=3",
    "rounds": "/api/v1/rounds",
    "themes": "/api/v1/themes",
    "suggestions": "/api/v1/suggestions?q=lulea",
    "changes": "/api/v1/changes?limit=2",
    "walk": "/api/v1/decisions?cursor=*&limit=2&fields=id,identity&facets=none",
    "api-info": "/api/v1/api-info",
    "bad-value": "/api/v1/decisions?sort=datum",
    "unknown-parameter": "/api/v1/decisions?sida=2",
    "no-decision": "/api/v1/decisions/esf-2026-1/finns-inte",
}
_VARYING = ("firstSeen", "modified", "at", "indexUpdated", "read", "sha256", "score")
"""Members whose values are not promised: times, a digest that follows the sample, and scores,
which can be compared within one answer only."""
_CURSOR = re.compile(r"\b[0-9a-f]{8}\.\d+")


def normalised(value: Any) -> Any:
    """The answer without the values that are not promised."""
    if isinstance(value, list):
        return [normalised(one) for one in value]
    if isinstance(value, dict):
        return {name: "…" if name in _VARYING else normalised(one) for name, one in value.items()}
    return _CURSOR.sub("…", value) if isinstance(value, str) else value


def answer(client: FlaskClient, name: str) -> dict[str, Any]:
    if name == "themes":  # of a file that stays as it is
        settings = client.application.config["SETTINGS"]
        client = create_app(replace(settings, themes=str(THEMES))).test_client()
    response = client.get(ANSWERS[name])
    return {
        "request": ANSWERS[name],
        "status": response.status_code,
        "contentType": response.content_type,
        "body": normalised(json.loads(response.data)),
    }


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_as_it_was(client: FlaskClient, name: str) -> None:
    golden = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    assert answer(client, name) == golden


def test_every_golden_answer_is_asked_for() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(ANSWERS)


def write() -> None:
    """Writes all answers anew."""
    with tempfile.TemporaryDirectory() as folder:
        build([SAMPLE], Path(folder) / "index")
        settings = Settings(index=Path(folder) / "index", search_seconds=20)
        client = create_app(settings).test_client()
        for name in ANSWERS:
            text = json.dumps(answer(client, name), ensure_ascii=False, indent=1)
            (FOLDER / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    write()
