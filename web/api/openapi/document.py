"""The whole description, as JSON values and as YAML."""

from __future__ import annotations

from typing import Any

import yaml

from web.api.bodies import Json
from web.api.openapi.info import info
from web.api.openapi.paths import paths
from web.api.openapi.schemas import SCHEMAS
from web.settings import Settings


def specification(settings: Settings, site: str) -> Json:
    """The whole description, for an API at the address `site`."""
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
            {"name": "listor", "description": "Projektägare och beslutsomgångar"},
            {"name": "om", "description": "Om API:et"},
        ],
        "paths": paths(settings),
        "components": {"schemas": SCHEMAS},
    }


def as_yaml(specification_: Json) -> str:
    """The description as YAML."""
    text: str = yaml.dump(
        specification_, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100
    )
    return text


class _Plain(yaml.SafeDumper):
    """YAML without anchors, which few can read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """A text of several lines as a block, as a person would write it."""
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Plain.add_representer(str, _text)
