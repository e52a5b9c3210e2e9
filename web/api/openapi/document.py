"""The whole description, as JSON values, as YAML and as a page for people."""

from __future__ import annotations

from typing import Any

import yaml
from flask import render_template

from search.dimensions import VALUES
from web.api.openapi.info import info
from web.api.openapi.paths import EXPORTS, paths
from web.api.schemas import Json, components
from web.settings import Settings


def specification(settings: Settings, site: str) -> Json:
    """The whole description, for an API at the address `site`."""
    listed = [one.heading.lower() for one in VALUES]
    return {
        "openapi": "3.1.0",
        "info": info(settings, site),
        "servers": [{"url": f"{site}/api/v1", "description": "Beslutssök"}],
        "externalDocs": {
            "description": "Dokumentation på svenska, med exempel och begränsningar",
            "url": f"{site}/api",
        },
        "tags": [
            {"name": "beslut", "description": "Sökning och enskilda beslut"},
            {"name": "listor", "description": f"Antal och summor per {', '.join(listed)}"},
            {"name": "om", "description": "Om API:et"},
        ],
        "paths": paths(settings),
        "components": {"schemas": components()},
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
        methods["get"] | {"addresses": _addresses(path, methods["get"])}
        for path, methods in specification_["paths"].items()
    ]
    limits, seconds = settings.limits, settings.search_seconds
    return render_template(
        "api.html", operations=operations, limits=limits, seconds=seconds, site=site
    )


def _addresses(path: str, operation: Json) -> list[str]:
    """The path, with each file by its name where it is the exports' one."""
    files = operation["parameters"][0]["schema"]["enum"] if path == EXPORTS else []
    return [f"/api/v1/{file}" for file in files] or [f"/api/v1{path}"]


class _Plain(yaml.SafeDumper):
    """YAML without anchors, which few can read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """A text of several lines as a block, as a person would write it."""
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Plain.add_representer(str, _text)
