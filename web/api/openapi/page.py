"""The documentation as a page for people, made from the description."""

from __future__ import annotations

from flask import render_template

from web.api import bodies
from web.api.bodies import Json
from web.api.openapi.examples import DECISION_ID
from web.api.openapi.paths import EXPORTS
from web.settings import Settings


def page(specification_: Json, settings: Settings, site: str) -> str:
    """The documentation as a page."""
    return render_template(
        "api.html",
        specification=specification_,
        operations=_operations(specification_),
        limits=settings.limits,
        seconds=settings.search_seconds,
        site=site,
        decision_id=DECISION_ID,
        fields=bodies.HIT_FIELDS,
    )


def _operations(specification_: Json) -> list[Json]:
    return [
        operation | {"addresses": _addresses(path, operation)}
        for path, methods in specification_["paths"].items()
        for operation in methods.values()
    ]


def _addresses(path: str, operation: Json) -> list[str]:
    """The path, with each file by its name where it is the exports' one."""
    files = operation["parameters"][0]["schema"]["enum"] if path == EXPORTS else []
    return [f"/api/v1/{file}" for file in files] or [f"/api/v1{path}"]
