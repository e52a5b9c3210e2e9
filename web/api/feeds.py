"""The Atom feed of a search (RFC 4287): what the index met last comes first.

An entry is a decision, whatever it is called: its id is made of the decision's permanent identity.
It is dated by when the index first saw the decision, and stays so dated when the document is read
again: a feed tells of decisions that are new, not of documents that were touched. The whole set can
be read, page by page (RFC 5005, section 3).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

from index.decision import Decision, plain_text
from search.dimensions import VALUES
from search.request import SearchRequest
from search.result import WholeSet
from web import formats, labels, urls
from web.messages import note

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml; charset=utf-8"
ENTRIES = 20
"""How many entries a feed has where `limit` does not say."""
_SUMMARY = 500  # characters


def feed(
    found: WholeSet,
    request: SearchRequest,
    site: str,
    publisher: str,
    created: str,
    cursor: str = "",
) -> bytes:
    """The feed of a set, of which `found` has the newest, or those from `cursor` on. `site` is the
    public address, `created` when the index was made, for a feed without entries. Identifiers are
    tag URIs (RFC 4151), so that they stay when the site moves to https or another port."""
    decisions = list(found.decisions)
    root = _element(None, "feed", **{"xml:lang": "sv"})
    query = urls.query_string(request)
    _element(root, "id", f"{_tag(site)}:feed{'?' if query else ''}{query}")
    _element(root, "title", _title(request))
    if found.notes:
        _element(root, "subtitle", " ".join(map(note, found.notes)))
    _element(root, "updated", max((one.since for one in decisions), default=created))
    first, page = (site + urls.address(path, request) for path in ("/feed.atom", "/"))
    pages = {"self": cursor, "first": ""} | ({"next": str(found.next)} if found.next else {})
    for relation, at in pages.items():
        href = urls.with_parameters(first, cursor=at)
        _element(root, "link", rel=relation, type="application/atom+xml", href=href)
    _element(root, "link", rel="alternate", type="text/html", href=page)
    _element(_element(root, "author"), "name", publisher or "Beslutssök")
    _element(root, "generator", "Beslutssök")
    for decision in decisions:
        _entry(root, decision, site)
    ElementTree.register_namespace("", ATOM)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _entry(root: ElementTree.Element, one: Decision, site: str) -> None:
    entry = _element(root, "entry")
    _element(entry, "id", f"{_tag(site)}:decision/{one.identity}")
    _element(entry, "title", formats.isolated(one.title or one.owner))
    _element(entry, "updated", one.since)
    _element(entry, "published", one.since)
    page, data = site + urls.decision_path(one.id), site + urls.api_path(one.id)
    _element(entry, "link", rel="alternate", type="text/html", href=page)
    _element(entry, "link", rel="related", type="application/json", href=data)
    funder = formats.isolated(one.round.funder or one.round.title)
    _element(_element(entry, "author"), "name", funder)
    _element(entry, "category", term=one.round.name)
    _element(entry, "summary", _summary(one), type="text")


def _summary(one: Decision) -> str:
    """Who got how much, and how the description begins."""
    text = plain_text(one.description)
    if len(text) > _SUMMARY:
        text = text[:_SUMMARY].rsplit(" ", 1)[0] + " …"
    amount = formats.money(one.amount, one.currency)
    return f"{formats.isolated(one.owner)}, {amount}. {formats.isolated(text)}".strip()


def _title(request: SearchRequest) -> str:
    chosen = [f"”{formats.isolated(request.q)}”"] if request.q.strip() else []
    wanted = (labels.wanted(one, value) for one in VALUES for value in request.values(one.name))
    chosen += map(formats.isolated, wanted)
    return f"Beslutssök: {', '.join(chosen)}" if chosen else "Beslutssök: alla beslut"


def _tag(site: str) -> str:
    """The beginning of a tag URI: the host's name, and a day on which it was the site's."""
    return f"tag:{urlsplit(site).hostname},2026"


def _element(
    parent: ElementTree.Element | None, name: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    qualified = f"{{{ATOM}}}{name}"
    attributes = {key: _legal(value) for key, value in attributes.items()}
    if parent is None:
        one = ElementTree.Element(qualified, attributes)
    else:
        one = ElementTree.SubElement(parent, qualified, attributes)
    one.text = None if text is None else _legal(text)
    return one


_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _legal(text: str) -> str:
    """The text without the characters that XML 1.0 (section 2.2) does not allow."""
    return _ILLEGAL.sub("", text)
