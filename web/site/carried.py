"""What follows a visitor from page to page? The language, and a list of decisions; both are in the
address, so that nothing is stored and a link says all."""

from __future__ import annotations

import re

from flask import request

from web import language, urls

MOST = 100
"""Decisions in a list: their identifiers have to fit an address."""


def listed() -> tuple[str, ...]:
    """The identifiers of the decisions that the visitor has put in the list, each once."""
    return _asked_for()[:MOST]


def left_out() -> int:
    """How many more there are in the address than a list has room for."""
    return len(_asked_for()[MOST:])


def here(path: str) -> str:
    """The path of a page of this site, with what is carried along; that of anything else as it
    is."""
    bare = re.split("[?#]", path, maxsplit=1)[0]
    if urls.is_for_programs(bare) or bare.startswith(("/static/", "/kallor/")):
        return path
    return with_listed(path, listed())


def without(path: str, identifier: str) -> str:
    """The path of a page with one decision less in the list."""
    return with_listed(path, tuple(one for one in listed() if one != identifier))


def with_listed(path: str, ids: tuple[str, ...]) -> str:
    """The path of a page with another list."""
    plain, mark, anchor = path.partition("#")
    return language.here(urls.with_list(plain, ids)) + mark + anchor


def _asked_for() -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, request.args.getlist(urls.LISTED))))
