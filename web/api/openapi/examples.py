"""One example of each answer, the same decision throughout."""

from __future__ import annotations

from urllib.parse import quote

from web.api import bodies
from web.api.bodies import Json

DECISION_ID = "esf-2026-1/hela-vagen-ut"
_EXAMPLE_ADDRESS = f"/api/v1/decisions?q={quote('psykisk hälsa')}"
_EXAMPLE_SUMMARY: Json = {
    "id": DECISION_ID,
    "title": "Hela vägen ut",
    "owner": "Exempelby kommun",
    "amount": 2800000,
    "currency": "SEK",
    "round": "ESF 2026:1",
    "funder": "Region Norrbotten",
    "caseNumber": "2026/123",
    "decisionDate": "2026-03-05",
    "links": {
        "self": f"/api/v1/decisions/{DECISION_ID}",
        "html": f"/beslut/{DECISION_ID}",
        "related": f"/api/v1/decisions/{DECISION_ID}/related",
    },
}
_EXAMPLE_DETAILS: Json = {
    "roundTitle": "Region Norrbottens beslut om medfinansiering av projekt ESF 2026:1",
    "description": "Projektet stärker ungas psykiska hälsa.",
    "descriptionBlocks": [{"kind": "paragraph", "text": "Projektet stärker ungas psykiska hälsa."}],
    "motivation": "Det följer den regionala strategin.",
    "motivationBlocks": [{"kind": "paragraph", "text": "Det följer den regionala strategin."}],
    "firstSeen": "2026-11-23T14:20:00Z",
    "source": {
        "file": "region-norrbotten-esf-2026-1.txt",
        "table": None,
        "row": 7,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "read": "2026-11-23T14:20:00Z",
        "url": "/kallor/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
}
_EXAMPLE_META = {
    "page": 1,
    "limit": 20,
    "totalRecords": 1,
    "totalPages": 1,
    "indexUpdated": "2026-11-23T14:20:00Z",
}


def _example_links(path: str) -> Json:
    return {name: {"href": path} for name in ("self", "first", "last")}


def _example_group(name: str, address: str) -> Json:
    return {
        "name": name,
        "decisions": 1,
        "sum": 2800000,
        "missing": 0,
        "links": {"decisions": f"/api/v1/decisions?{address}", "html": f"/?{address}"},
    }


EXAMPLES: Json = {
    "SearchResult": {
        "decisions": [
            _EXAMPLE_SUMMARY
            | {
                "score": 3.4158,
                "snippets": [
                    {
                        "field": "description",
                        "segments": [
                            {"text": "Projektet stärker ungas ", "hit": False},
                            {"text": "psykiska", "hit": True},
                            {"text": " ", "hit": False},
                            {"text": "hälsa", "hit": True},
                            {"text": ".", "hit": False},
                        ],
                        "before": False,
                        "after": False,
                    }
                ],
            }
        ],
        "facets": {
            "owners": [
                {
                    "value": "Exempelby kommun",
                    "label": "Exempelby kommun",
                    "count": 1,
                    "selected": False,
                    "url": f"{_EXAMPLE_ADDRESS}&owner=Exempelby%20kommun",
                }
            ],
            "amounts": [
                {
                    "value": "2000000-2999999.99",
                    "label": "2\u00a0mnkr till 3\u00a0mnkr",
                    "count": 1,
                    "selected": False,
                    "url": f"{_EXAMPLE_ADDRESS}&amountMin=2000000&amountMax=2999999.99",
                }
            ],
            "rounds": [
                {
                    "value": "ESF 2026:1",
                    "label": "ESF 2026:1",
                    "count": 1,
                    "selected": False,
                    "url": f"{_EXAMPLE_ADDRESS}&round=ESF%202026%3A1",
                }
            ],
        },
        "moreFacetValues": {"owners": 0, "rounds": 0},
        "stats": {
            "sum": 2800000,
            "min": 2800000,
            "max": 2800000,
            "median": 2800000,
            "missing": 0,
        },
        "interpretation": [
            {
                "text": "psykisk",
                "kind": "word",
                "field": None,
                "excluded": False,
                "documents": 1,
                "expansions": [{"kind": "forms", "words": ["psykisk", "psykiska"]}],
            }
        ],
        "suggestion": None,
        "partial": [],
        "notes": [],
        "_meta": _EXAMPLE_META,
        "_links": _example_links(_EXAMPLE_ADDRESS),
    },
    "Decision": _EXAMPLE_SUMMARY | _EXAMPLE_DETAILS,
    "RelatedDecisions": {
        "decisions": [_EXAMPLE_SUMMARY | {"score": 0.42, "terms": ["elevhälsa", "gymnasieskola"]}],
        "_links": {
            "self": {"href": f"/api/v1/decisions/{DECISION_ID}/related"},
            "decision": {"href": f"/api/v1/decisions/{DECISION_ID}"},
        },
    },
    "Choice": {
        "decisions": [
            _EXAMPLE_SUMMARY | {"id": f"{DECISION_ID}--exempelby-kommun"},
            _EXAMPLE_SUMMARY | {"id": f"{DECISION_ID}--annanby-kommun", "owner": "Annanby kommun"},
        ],
        "_links": {"self": {"href": f"/api/v1/decisions/{DECISION_ID}"}},
    },
    "Owners": {
        "owners": [_example_group("Exempelby kommun", "owner=Exempelby%20kommun")],
        "_meta": _EXAMPLE_META,
        "_links": _example_links("/api/v1/owners"),
    },
    "Rounds": {
        "rounds": [
            _example_group("ESF 2026:1", "round=ESF%202026%3A1")
            | {
                "title": "Region Norrbottens beslut om medfinansiering av projekt ESF 2026:1",
                "funder": "Region Norrbotten",
            }
        ],
        "_meta": _EXAMPLE_META,
        "_links": _example_links("/api/v1/rounds"),
    },
    "ApiInfo": {
        "apiName": "Beslutssök",
        "apiVersion": bodies.API_VERSION,
        "apiReleased": bodies.API_RELEASED,
        "apiDocumentation": "https://beslut.example/api",
        "apiStatus": "active",
    },
}
