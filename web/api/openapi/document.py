"""The whole description, as JSON values, as YAML and as a page for people."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml
from flask import render_template

from search.dimensions import VALUES
from search.labels import label
from web import labels
from web.api import bodies
from web.api.openapi.examples import SMALL_ANSWER
from web.api.openapi.info import info
from web.api.openapi.paths import paths
from web.api.schemas import Json, components
from web.language import gettext
from web.settings import Settings

_LABELLED = ("description", "summary", "title", "detail")
"""The members that hold texts for people."""


def specification(settings: Settings, site: str) -> Json:
    """The whole description, for an API at the address `site`, in the language of the request."""
    dimensions = ", ".join(labels.heading(one).lower() for one in VALUES)
    listed = gettext("Antal och summor per %(dimensions)s", dimensions=dimensions)
    found: Json = _translated(
        {
            "openapi": "3.1.0",
            "info": info(settings, site),
            "servers": [{"url": f"{site}/api/v1", "description": "Beslutssök"}],
            "externalDocs": {
                "description": label("Dokumentation, med exempel och begränsningar"),
                "url": f"{site}/api",
            },
            "tags": [
                {"name": "beslut", "description": label("Sökning och enskilda beslut")},
                {"name": "listor", "description": listed},
                {"name": "om", "description": label("Om API:et")},
            ],
            "security": [],  # no key is needed
            "paths": paths(settings, site),
            "components": {"schemas": components()},
        }
    )
    return found


def _translated(found: Any) -> Any:
    """JSON values with the labels of the tables that they are made from, which are Swedish, in the
    language of the request."""
    if isinstance(found, list):
        return [_translated(one) for one in found]
    if not isinstance(found, dict):
        return found
    return {
        name: gettext(one)
        if one and name in _LABELLED and isinstance(one, str)
        else _translated(one)
        for name, one in found.items()
    }


def as_yaml(specification_: Json) -> str:
    """The description as YAML."""
    text: str = yaml.dump(
        specification_, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100
    )
    return text


def page(specification_: Json, settings: Settings, site: str) -> str:
    """The description as a page."""
    operations = [
        methods["get"] | {"address": f"/api/v1{path}"}
        for path, methods in specification_["paths"].items()
    ]
    return render_template(
        "api.html",
        operations=operations,
        limits=settings.limits,
        seconds=settings.search_seconds,
        days=settings.changes_days,
        site=site,
        answer=msgspec.json.format(bodies.encode(SMALL_ANSWER), indent=2).decode(),
    )


class _Plain(yaml.SafeDumper):
    """YAML without anchors, which few can read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """A text of several lines as a block, as a person would write it."""
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Plain.add_representer(str, _text)
