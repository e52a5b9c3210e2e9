"""The open data as a catalogue entry: DCAT-AP-SE 3, as RDF/XML and as JSON-LD.

Both are written from one list of resources, so that they say the same. A catalogue needs addresses
that hold everywhere, and a publisher and a licence that somebody stands for: without these settings
there is none.

The Swedish profile's own forms (``bundle.json`` in its repository, 3.0.1) take ``dcterms:format``
as a plain media type, once, of every distribution and data service, and have no ``dcat:mediaType``.
The European profile wants a resource there, so that its SHACL says so of any Swedish catalogue.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from xml.etree import ElementTree

from web.api.export import FORMS
from web.api.schemas import Json
from web.settings import Settings, variable

TYPES = {
    "rdf": "application/rdf+xml; charset=utf-8",
    "jsonld": "application/ld+json; charset=utf-8",
}
"""The forms by suffix; the first is what the Swedish data portal harvests."""

_NEEDED = ("base_url", "publisher", "licence")
_NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_SWEDISH = f"{_AUTHORITY}/language/SWE"
_PUBLIC = f"{_AUTHORITY}/access-right/PUBLIC"
_GOVERNMENT = f"{_AUTHORITY}/data-theme/GOVE"
_IRREGULAR = f"{_AUTHORITY}/frequency/IRREG"


@dataclass(frozen=True, slots=True)
class Ref:
    """The object of a statement that is a resource."""

    iri: str


@dataclass(frozen=True, slots=True)
class Text:
    """The object of a statement that is text: in a language, or of a datatype, or plain."""

    text: str
    language: str | None = None
    datatype: str | None = None


Statement = tuple[str, Ref | Text]
"""What a resource is said to have, as *prefix:name*, and its value."""

_SUBJECT: list[Statement] = [
    ("dcat:theme", Ref(_GOVERNMENT)),
    *[("dcat:keyword", Text(word, "sv")) for word in ("medfinansiering", "beslut", "projekt")],
]
"""What it is about."""
_FILES = {
    "jsonl": (
        "Ett JSON-objekt per rad och beslut, med alla texter oförändrade.",
        "One JSON object per line and decision, with all texts unchanged.",
    ),
    "csv": (
        "För Excel i Sverige: semikolon, decimalkomma, svenska rubriker. För program: lägg till "
        "?dialect=rfc4180.",
        "For Excel in Sweden: semicolon, decimal comma, Swedish headings. For programs: add "
        "?dialect=rfc4180.",
    ),
    "xlsx": (
        "En arbetsbok: besluten, och ett blad om uttaget.",
        "A workbook: the decisions, and a sheet about the export.",
    ),
}
"""What each form is, in Swedish and English."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource, its type, and what is said of it."""

    iri: str
    type: str
    statements: list[Statement] = field(default_factory=list)


def missing(settings: Settings) -> list[str]:
    """The variables of the environment that are not set and must be for there to be a catalogue."""
    return [variable(name) for name in _NEEDED if not getattr(settings, name)]


def catalogue(form: str, settings: Settings, created: str) -> bytes:
    """The catalogue in one of `TYPES`; `created` (RFC 3339) is when the index was made."""
    resources = _resources(settings, created)
    return _as_rdf_xml(resources) if form == "rdf" else _as_json_ld(resources)


def _resources(settings: Settings, created: str) -> list[Resource]:
    """The catalogue, and everything that it speaks of."""
    facts = _Facts(
        name=settings.publisher,
        email=settings.contact,
        licence=Ref(settings.licence),
        site=settings.base_url.rstrip("/"),
        modified=Text(created, datatype="xsd:dateTime"),
    )
    distributions = [_distribution(facts, form) for form in FORMS]
    contact = [_contact(facts)] if settings.contact else []
    return [
        _catalog(facts),
        _dataset(facts, distributions),
        *distributions,
        _service(facts),
        _agent(facts),
        *contact,
    ]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What several resources say: who publishes, under which licence, where, since when. ``email``
    is empty where there is nobody to ask."""

    name: str
    email: str
    licence: Ref
    site: str
    modified: Text

    @property
    def here(self) -> str:
        """The address of the catalogue, and the beginning of all others."""
        return f"{self.site}/datasets/dcat"

    def part(self, name: str) -> Ref:
        """A resource that the catalogue itself describes."""
        return Ref(f"{self.here}#{name}")

    def responsible(self) -> list[Statement]:
        """Who publishes a resource, and whom to ask about it."""
        asked: list[Statement] = [("dcat:contactPoint", self.part("contact"))] if self.email else []
        return [("dcterms:publisher", self.part("publisher")), *asked]


def _both(name: str, swedish: str, english: str) -> list[Statement]:
    return [(f"dcterms:{name}", Text(swedish, "sv")), (f"dcterms:{name}", Text(english, "en"))]


def _catalog(facts: _Facts) -> Resource:
    return Resource(
        facts.here,
        "dcat:Catalog",
        [
            ("dcterms:title", Text(f"{facts.name}: Beslutssök", "sv")),
            ("dcterms:description", Text("Öppna data ur Beslutssök.", "sv")),
            ("dcterms:publisher", facts.part("publisher")),
            ("dcterms:license", facts.licence),
            ("dcterms:language", Ref(_SWEDISH)),
            ("dcterms:modified", facts.modified),
            ("foaf:homepage", Ref(f"{facts.site}/")),
            ("dcat:dataset", facts.part("dataset")),
            ("dcat:service", facts.part("api")),
        ],
    )


def _dataset(facts: _Facts, distributions: list[Resource]) -> Resource:
    return Resource(
        facts.part("dataset").iri,
        "dcat:Dataset",
        [
            *_both(
                "title", "Beslut om offentlig medfinansiering", "Decisions on public co-funding"
            ),
            *_both(
                "description",
                "Vem som har beviljats hur mycket för vad, och varför: projektägare, projektnamn, "
                "beskrivning, motivering, belopp och beslutsomgång.",
                "Who was granted how much for what, and why: owner, title, description, "
                "motivation, amount and round.",
            ),
            *facts.responsible(),
            *_SUBJECT,
            ("dcterms:accessRights", Ref(_PUBLIC)),
            ("dcterms:accrualPeriodicity", Ref(_IRREGULAR)),
            ("dcterms:language", Ref(_SWEDISH)),
            ("dcterms:modified", facts.modified),
            ("dcat:landingPage", Ref(f"{facts.site}/")),
            *[("dcat:distribution", Ref(one.iri)) for one in distributions],
        ],
    )


def _distribution(facts: _Facts, form: str) -> Resource:
    label, media = FORMS[form]
    address = Ref(f"{facts.site}/api/v1/decisions.{form}")
    return Resource(
        facts.part(form).iri,
        "dcat:Distribution",
        [
            *_both("title", f"Alla beslut som {label}", f"All decisions as {label}"),
            *_both("description", *_FILES[form]),
            ("dcat:accessURL", address),
            ("dcat:downloadURL", address),
            ("dcterms:license", facts.licence),
            ("dcterms:format", Text(media)),
            ("dcterms:language", Ref(_SWEDISH)),
            ("dcterms:modified", facts.modified),
        ],
    )


def _service(facts: _Facts) -> Resource:
    return Resource(
        facts.part("api").iri,
        "dcat:DataService",
        [
            *_both("title", "Beslutssöks API", "Beslutssök API"),
            *_both(
                "description", "Fulltextsökning i besluten.", "Full-text search over the decisions."
            ),
            *facts.responsible(),
            *_SUBJECT,
            ("dcterms:format", Text("application/json")),
            ("dcat:endpointURL", Ref(f"{facts.site}/api/v1")),
            ("dcat:endpointDescription", Ref(f"{facts.site}/api/v1/openapi.json")),
            ("foaf:page", Ref(f"{facts.site}/api")),
            ("dcat:servesDataset", facts.part("dataset")),
            ("dcterms:accessRights", Ref(_PUBLIC)),
            ("dcterms:license", facts.licence),
        ],
    )


def _agent(facts: _Facts) -> Resource:
    return Resource(facts.part("publisher").iri, "foaf:Agent", [("foaf:name", Text(facts.name))])


def _contact(facts: _Facts) -> Resource:
    return Resource(
        facts.part("contact").iri,
        "vcard:Organization",
        [("vcard:fn", Text(facts.name)), ("vcard:hasEmail", Ref(f"mailto:{facts.email}"))],
    )


def _as_rdf_xml(resources: list[Resource]) -> bytes:
    for prefix, namespace in _NAMESPACES.items():
        if prefix != "xsd":
            ElementTree.register_namespace(prefix, namespace)
    root = ElementTree.Element(_qualified("rdf:RDF"))
    for resource in resources:
        node = ElementTree.SubElement(root, _qualified(resource.type))
        node.set(_qualified("rdf:about"), resource.iri)
        for name, value in resource.statements:
            _statement(ElementTree.SubElement(node, _qualified(name)), value)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _statement(element: ElementTree.Element, value: Ref | Text) -> None:
    if isinstance(value, Ref):
        element.set(_qualified("rdf:resource"), value.iri)
        return
    element.text = value.text
    if value.language:
        element.set("{http://www.w3.org/XML/1998/namespace}lang", value.language)
    if value.datatype:
        prefix, _, name = value.datatype.partition(":")
        element.set(_qualified("rdf:datatype"), _NAMESPACES[prefix] + name)


def _qualified(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def _as_json_ld(resources: list[Resource]) -> bytes:
    graph = []
    for resource in resources:
        node: Json = {"@id": resource.iri, "@type": resource.type}
        for name, value in resource.statements:
            node.setdefault(name, []).append(_value(value))
        graph.append(node)
    text = json.dumps({"@context": _NAMESPACES, "@graph": graph}, ensure_ascii=False, indent=2)
    return text.encode() + b"\n"


def _value(value: Ref | Text) -> Json:
    if isinstance(value, Ref):
        return {"@id": value.iri}
    more = {"@language": value.language, "@type": value.datatype}
    return {"@value": value.text} | {key: one for key, one in more.items() if one}
