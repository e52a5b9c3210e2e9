"""What may a column be called?

``NAMES`` is the one table: for each column, the names by which lists in Sweden and its neighbours
call it, the surest first. Headers of tables, members of JSON and labels of single documents are all
read by it. A name is compared without what varies: case, hyphens, ``snake_case`` and ``camelCase``,
definite and genitive forms, missing dots, and the unit in which amounts are.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

import snowballstemmer

from index.documents import html
from index.documents.mapping import Column

Language = Literal["sv", "fi", "no", "da", "en"]
"""``fi`` is the Swedish of Finland, where there are no kronor."""

NAMES: dict[Column, tuple[dict[Language | None, str], ...]] = {
    "owner": (
        {
            "sv": "projektägare, projektets ägare, stödmottagare, bidragsmottagare, "
            "medelsmottagare, mottagare av stöd, mottagare av bidrag, beviljad till, beviljats "
            "till, bidragstagare, anslagsmottagare, stödmottagarens namn, stipendiemottagare, "
            "koordinerande organisation, medelsförvaltare, medelsförvaltande organisation, "
            "projektägande organisation",
            "fi": "understödstagare, understödsmottagare, mottagare av understöd, stödtagare",
            "no": "prosjekteier, tilskuddsmottaker, støttemottaker, stønadsmottaker, mottaker av "
            "tilskudd",
            "da": "projektejer, tilskudsmodtager, støttemodtager, bevillingshaver, modtager af "
            "tilskud, kontraktansvarlig partner",
            "en": "beneficiary, beneficiaries, name of beneficiary, name of beneficiaries, name of "
            "the beneficiary, beneficiary name, lead beneficiary, project owner, grantee, grant "
            "recipient, recipient organisation, recipient organization, coordinating "
            "organisation, coordinating organization, grant holder, awardee",
        },
        {
            "sv": "huvudsökande, sökande, sökande organisation, sökandes namn, "
            "sökandeorganisation, mottagare, mottagande organisation, mottagarens namn, "
            "koordinator, lärosäte, anslagsförvaltare, projektansvarig organisation, ansvarig "
            "organisation, bidragssökande, huvudman, namn på sökande, sökande företag, sökande "
            "förening, stödsökande, ansvarig aktör, forskningshuvudman, verksamhetsutövare, namn "
            "på mottagare",
            "no": "søker, hovedsøker, mottaker, mottakerens navn",
            "da": "ansøger, hovedansøger, modtager, modtagerens navn",
            "en": "owner, recipient, recipient name, name of recipient, applicant, lead applicant, "
            "lead partner, coordinator, lead organisation, lead organization",
        },
        {
            None: "organisation",
            "sv": "organisationsnamn, organisationens namn, förening, föreningsnamn, föreningens "
            "namn, organisation/förening, företag, företagsnamn, aktör, verksamhet/förening, "
            "stiftelse, bolag, bolagsnamn, klubb, ägare, namn på organisation, namn på förening",
            "no": "organisasjon, organisasjonsnavn, forening, lag og foreninger, virksomhet",
            "da": "organisationsnavn, foreningsnavn, virksomhed",
            "en": "organization, organisation name, organization name, institution",
        },
    ),
    "title": (
        {
            None: "projekttitel",
            "sv": "projektnamn, projektets namn, projektets titel, namn på projekt, namn på "
            "projektet, projektbenämning, projektets benämning, projektrubrik, titel på projekt, "
            "titel på projektet, insatsens namn, åtgärdens namn",
            "no": "prosjektnavn, prosjekttittel, prosjektets navn, navn på prosjekt",
            "da": "projektnavn, projekttitel, projektets navn, projektitel, navn på projekt",
            "en": "project name, project title, operation name, operation title, name of "
            "operation, name of the operation, name of project, name of the project, title of "
            "project, title of the project, grant title, title of operation",
        },
        {
            None: "projekt, titel",
            "sv": "rubrik, ärenderubrik, ärendemening, svensk titel",
            "no": "prosjekt, tittel",
            "en": "project, title, operation",
        },
        {
            "sv": "benämning, ändamål, åtgärd, insats, aktivitet, projekt/ändamål, "
            "ändamål/projekt, projekt/verksamhet, projekt/aktivitet, ärende, arrangemang, "
            "evenemang, bidragsändamål, sökt för, beviljat för, ansökan avser, avser, bidrag "
            "för, stöd till, syfte",
            "no": "tiltak, formål",
            "da": "formål, aktivitet",
            "en": "purpose, activity",
        },
    ),
    "description": (
        {
            "sv": "beskrivning av projektet, beskrivning av projekt, projektbeskrivning, "
            "projektets beskrivning, projektsammanfattning, sammanfattning av projektet, "
            "projektabstrakt, projektabstract, kort projektbeskrivning, kort beskrivning av "
            "projektet, projektets syfte, projektets innehåll, syfte med projektet",
            "no": "prosjektbeskrivelse, beskrivelse av prosjektet, prosjektsammendrag",
            "da": "projektbeskrivelse, beskrivelse af projektet, projektresumé",
            "en": "project summary, project description, operation summary, summary of the "
            "operation, summary of operation, description of the project, description of "
            "project, project abstract, summary of the project",
        },
        {
            "sv": "beskrivning, kort beskrivning, sammanfattning, abstrakt, innehåll, om "
            "projektet, kort om projektet, populärvetenskaplig sammanfattning, "
            "populärvetenskaplig beskrivning, ärendebeskrivning",
            "no": "beskrivelse, sammendrag, kort beskrivelse",
            "da": "beskrivelse, resumé, kort beskrivelse",
            "en": "description, summary, abstract, short description",
        },
        {
            "sv": "syfte, syfte och mål, mål, ändamål, verksamhetsbeskrivning, åtgärd, "
            "åtgärdsbeskrivning, text",
            "no": "formål",
            "da": "formål",
            "en": "purpose, text",
        },
    ),
    "motivation": (
        {
            "sv": "motivering, motivering till beslut, motivering till beslutet, "
            "beslutsmotivering, skäl för beslut, skäl för beslutet, skäl till beslut, skälen för "
            "beslutet, motivering för beslut, motiv till beslut, motiv för beslut, beslutsmotiv",
            "fi": "motivering av beslutet",
            "no": "begrunnelse, begrunnelse for vedtak",
            "da": "begrundelse, begrundelse for afgørelse",
            "en": "justification, reasons for the decision, reason for decision, grounds for "
            "decision",
        },
        {"sv": "bedömning, skäl", "en": "motivation"},
    ),
    "amount": (
        {
            "sv": "beviljad medfinansiering, beviljat belopp, beviljat stöd, beviljat bidrag, "
            "beviljade medel, beviljad summa, beviljat, beviljats, beslutat belopp, beslutat "
            "stöd, beslutat bidrag, beslutad medfinansiering, beslutade medel, tilldelat belopp, "
            "tilldelade medel, tilldelat bidrag, tilldelat stöd, tilldelat, tilldelning, "
            "beviljat stödbelopp, beviljat bidragsbelopp, beviljat eu-stöd, beviljat anslag, "
            "beslutsbelopp, beslutad summa, beviljad finansiering, utbeviljat belopp, beslutad "
            "finansiering, bev belopp, beslutat stödbelopp, beslutat bidragsbelopp, godkänt "
            "belopp, godkänt stöd, godkänt bidrag",
            "fi": "beviljat understöd, beviljat understödsbelopp, understödsbelopp, beviljat "
            "understöd euro",
            "no": "tildelt beløp, innvilget beløp, bevilget beløp, innvilget, tildelt, bevilget, "
            "tildelt tilskudd, innvilget tilskudd, tilskuddsbeløp, bevilget tilskudd, tildelt "
            "støtte",
            "da": "bevilget beløb, bevilget, tildelt beløb, bevilget tilskud, tilskudsbeløb, "
            "tilsagnsbeløb, bevillingsbeløb",
            "en": "grant amount, grant awarded, awarded amount, amount awarded, amount granted, "
            "granted amount, funds awarded, eu funds awarded, allocated public funding, amounts "
            "committed, amount committed, support granted, grant value, awarded, granted, award "
            "amount, grant awarded amount",
        },
        {
            "sv": "stödbelopp, bidragsbelopp, eu-stöd, esf-stöd, eruf-stöd, eu-bidrag, stöd, "
            "bidrag, stöd från eu, eu-medel, eu-belopp, anslag, offentligt stöd, projektstöd, "
            "projektbidrag, bidragssumma, stödsumma, bidragets storlek, stipendiebelopp, "
            "statsbidrag, statligt stöd, regional medfinansiering, regionalt stöd, offentligt "
            "bidrag",
            "fi": "understöd",
            "no": "tilskudd, støttebeløp, støtte",
            "da": "tilskud, støttebeløb, bevilling",
            "en": "grant, union co-financing, eu co-financing, eu funding, eu support, union "
            "contribution, eu contribution, funding amount, eu funds, support",
            None: "union co-financing amount",
        },
        {
            "sv": "belopp, summa, totalbelopp, totalsumma, medel",
            "no": "beløp, sum",
            "da": "beløb",
            "en": "amount",
            None: "medfinansiering, total, totalt, eu-medfinansiering",
        },
    ),
    "currency": ({"sv": "valuta", "en": "currency", None: "valutakod, currency code"},),
    "case_number": (
        {
            None: "dnr",
            "sv": "diarienummer, diarienr, diarie-nr, diarieföringsnummer, ärendenummer, ärendenr, "
            "ärende-id, ärendets nummer, ärendets id, diarie, ärendebeteckning, projektets "
            "diarienummer, arendeid",
            "no": "saksnummer, saksnr, arkivsaksnummer, journalnummer",
            "da": "sagsnummer, sagsnr, journalnummer, journalnr",
            "en": "case number, case no, case id, case reference, grant reference",
        },
        {
            None: "projekt-id",
            "sv": "projektnummer, projektnr, projektets id, ärende, ansökningsnummer, "
            "ansöknings-id, projektkod, beslutsnummer, referensnummer, referens",
            "no": "prosjektnummer, prosjektnr, prosjekt-id",
            "da": "projektnummer, projektnr",
            "en": "project id, project number, project no, grant id, project reference, grant "
            "number, project ref no, project code",
        },
    ),
    "decision_date": (
        {
            "sv": "beslutsdatum, beslutdatum, datum för beslut, datum för beslutet, beslutets "
            "datum, beslutsdag, beslutat datum, beslutad, beslutades, beslutsdatum senaste, "
            "datum beslut, beviljad datum, beviljningsdatum, besl datum",
            "no": "vedtaksdato, dato for vedtak, tildelingsdato",
            "da": "bevillingsdato, afgørelsesdato, tilsagnsdato, dato for tilsagn",
            "en": "decision date, date of decision, date of the decision, award date, date of "
            "award, approval date, date of approval",
        },
    ),
    "status": (
        {
            None: "status",
            "sv": "beslut, beviljad, beslutsstatus, beslutstyp, ärendestatus, projektstatus, "
            "utfall, beslutsutfall, typ av beslut, bifall/avslag, avslag/bifall, "
            "beviljad/avslag, beviljat/avslag",
            "no": "vedtak, utfall",
            "da": "afgørelse",
            "en": "decision, outcome, decision status, project status",
        },
    ),
}
"""A tier of names before another: the first tier of owner, title, description, motivation and
amount are names that only lists of grants have; names of later tiers are used where none of an
earlier one is there, and by themselves they make a list of decisions only together. A name may
stand for two columns (*Ändamål*): the second gets it where the first has a surer one. Names that
several languages share are under None."""

API = frozenset(
    ["owner", "title", "description", "motivation", "amount", "currency", "caseNumber",
     "decisionDate", "text", "abstract"]
)  # fmt: skip
"""What this service's own API calls the columns, and what says nothing of a list's language."""


def _listed(names: str) -> frozenset[str]:
    return frozenset(" ".join(names.split()).split(", "))


BESIDE = _listed(
    """
    projektnummer, startdatum, slutdatum, projektstart, projektslut, kommun, län, reference,
    date, datum, region, ort, land, program, fond, insatsområde, kategori, utlysning, år,
    organisationsnummer, organisationsnr, orgnr, org nr, org.nr, kontaktperson, e-post,
    epost, telefon, projektledare, url, webbplats, webbadress, postnummer, postort, adress,
    sektor, bidragsform, bidragstyp, typ av bidrag, stödform, stödtyp, start, slut,
    startdate, enddate, start date, end date, country, programme, fund, theme, postcode,
    website, löpnummer, nr, total budget, totalbudget, total kostnad, totalkostnad,
    projektbudget, sökt belopp, ansökt belopp, sökt bidrag, sökt, projektperiod, projekttid,
    handläggare
    """
)
"""Headers that a list of decisions has beside the columns that are read."""

_ELSE: dict[str, str] = {
    "fakturor": "fakturanummer, fakturanr, faktura, fakturadatum, fakturabelopp, leverantör, "
    "leverantörsnamn, leverantörsnummer, leverantörsnr, verifikation, verifikationsnummer, "
    "bokföringsdatum, förfallodatum, kontonummer, konto, kostnadsställe, moms, momsbelopp, "
    "betalningsdatum, invoice, invoice number, invoice date, supplier, supplier name, vendor, "
    "ver nr, vernr, köpare",
    "upphandling": "anbud, anbudsgivare, anbudssumma, anbudspris, upphandling, upphandlingsnummer, "
    "kontraktsvärde, avtalsvärde, avtalsnummer, avtalspart, avtalstid, avtalsstart, avtalsslut, "
    "cpv, cpv-kod, ramavtal, vinnande anbud, antagen leverantör, leverantör, tender, bidder, "
    "contract value, contractor, cpv code, upphandlande myndighet, upphandlare",
    "priser": "pris, styckpris, á-pris, à-pris, a-pris, enhetspris, artikel, artikelnummer, "
    "artikelnr, antal, enhet, price, unit price, quantity, moms, pris exkl moms, pris inkl moms, "
    "rabatt, produkt, artikelnamn",
    "ansökningar": "ansökningsdatum, ansökan inkom, inkom, inkommen, inkommet, inkomstdatum, "
    "ansökan, ansökningsnummer, ansökans status, application date, application number, submitted, "
    "ansökt datum, inkom datum",
}  # fmt: skip
"""Other lists by headers that only they have: two of them, and it is one of those."""
APPLICATIONS = "ansökningar"

_OTHER_AMOUNTS = 2  # the tier of amounts of any kind
_CLOSE = 0.85  # difflib ratio: one missing or wrong letter in ten (Projektamn for Projektnamn)
MAX_HEADER = 200
"""Characters; longer cells are no headers."""

_UNIT = (
    r"(?:i\s+|in\s+)?(?P<unit>t\.?kr|mn?kr|kkr|[km]?sek|skr|kr|tusen|tusental|miljoner"
    r"|(?:(?:tusen|tusentals|tusental|miljoner)\s+)?kronor|(?:i\s+)?(?:tusen|miljoner)\s+kr"
    r"|1\s?000(?:-tals?)?\s+(?:kr|kronor|sek)|mkr|eur|euro|euros|teur|gbp|dkk|nok|usd|isk|[€£$])"
)
_UNIT_ALONE = re.compile(_UNIT + r"\.?", re.IGNORECASE)
_UNIT_AT_END = re.compile(rf"(?:^|[\s,;:]){_UNIT}[.*]*$", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_CAMEL = re.compile(r"(?<=[a-zåäöæøé])(?=[A-ZÅÄÖÆØ])|(?<=[A-ZÅÄÖ])(?=[A-ZÅÄÖ][a-zåäöæø]{2})")
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*|\d+")
_UNDOTTED = str.maketrans("åäöæøéèüàá", "aaoaoeeuaa")
_YEARS = re.compile(r"(?:19|20)\d\d")
# Of an amount, places and periods are no other thing: *Beviljat belopp Region Vi 2026*.
_NO_AMOUNT = _listed("nr, nummer, id, kod, typ, datum, date, status, form, kategori, ref")
_TOTALS = _listed("total, totalt, totala, summa, sammanlagt, sammanlagd, samlet, alt, sum")
_PREPOSITIONS = _listed(
    "i, för, av, om, enligt, till, på, från, som, per, efter, of, for, in, by, to, from"
)
_LANGUAGES = _listed("svenska, swedish, sv, sve, svensk")
# What makes another thing of a name: *Projektägare ort*, *Organisationsnummer för sökande*.
_OTHER_THING = _listed(
    """
    nr, nummer, id, kod, code, number, no, ref, reference, typ, type, ort, adress, address,
    postnummer, postadress, kommun, län, land, country, region, telefon, epost, mail, email,
    url, webb, webbplats, website, datum, date, start, slut, startdatum, slutdatum, status,
    kategori, kontakt, kontaktperson, form, orgnr, organisationsnummer, ledare, roll,
    sektor, bransch, storlek, period, år, year, postcode, budget, ministry, kön, ålder
    """
)
_APPLIED = re.compile(
    r"\b(?:sökt|ansökt|begärt|begärd|äskat|äskad|omsøkt|søkt|søgt|ansøgt|requested|applied|sokt|ansokt)\b"
)
_SHARE = re.compile(
    r"%|\b(?:procent|rate|andel|share|percentage|pct|poäng|score|antal)\b|(?<!in)sats(?:en)?\b|(?:andel|nivå)\b"
)
_COST = re.compile(
    r"kostnad|kostnader\b|\bbudget|budget\b|\bcosts?\b|expenditure|omslutning|investering"
    r"|\butbetal|utbetalt|\bpaid\b|återbetal|rekvirer|egen(?:insats|finansiering)|\blån\b|värde\b"
    r"|kostnadsberäkn|\bvarav\b|\bdärav\b|of which"
)


@dataclass(frozen=True, slots=True)
class Name:
    """What a header says: a column, by one of its names.

    ``tier`` counts from 0, the surest, and is -1 for the total of what was granted; ``distance``
    says how far the header is from the very name; ``rest`` what it says beyond it, after it or in
    brackets; ``language`` is None for a name that several share.
    """

    column: Column
    alias: str
    tier: int
    language: Language | None
    distance: int
    rest: str = ""
    unit: str = ""

    @property
    def rank(self) -> tuple[int, int, int]:
        """The surest first. What is written out beats what only begins so; but of amounts the
        total beats its parts, and what was granted beats any other."""
        far = self.distance
        first = (self.tier, far) if self.column == "amount" and far < HOLDS else (far, self.tier)
        return (far == HOLDS, *first)


# From the surest to the least sure; *MAPPED*: a TOML file says so.
MAPPED, IS, NEARLY_IS, BEGINS, HOLDS = range(5)


@dataclass(frozen=True, slots=True)
class _Header:
    """A header taken apart: its words in small letters, the unit that it states, and what stands
    beside it in brackets."""

    words: tuple[str, ...]
    written: str
    unit: str
    beside: str

    @property
    def plain(self) -> str:
        return " ".join(self.words)


@lru_cache(maxsize=4096)
def names_of(header: str) -> tuple[Name, ...]:
    """The columns that a header may name, none where it says nothing of them. A header that says
    the same in several languages, parted by slashes or line breaks, is known by any of its parts.
    """
    header = header.replace("*", "")
    whole = _taken_apart(" ".join(header.split()))
    outside = _BRACKETS.sub(" ", header)
    parts = [_taken_apart(part) for part in re.split(r"\s*[/\n]\s*", outside)]
    # *Organisation (projektägare)*
    aside = [_taken_apart(text) for text in _BRACKETS.findall(header)]
    found = [name for one in (whole, *parts) for name in _names(one)]
    found += [name for one in aside if found and one.words for name in _exact(one)]
    found = found or list(_held(whole))
    if not whole.unit:
        unit = next((one.unit for one in parts if one.unit), "")
        found = [replace(name, unit=name.unit or unit) for name in found]
    best: dict[Column, Name] = {}
    for name in found:
        if name.column not in best or name.rank < best[name.column].rank:
            best[name.column] = name
    if "amount" in best and is_other_money(header):
        del best["amount"]
    return tuple(best.values())


def column_of(label: str) -> Column | None:
    """The column whose very name a label is."""
    names = [name for name in names_of(label) if name.distance == IS]
    return min(names, key=lambda name: name.tier).column if names else None


def is_other_money(header: str) -> bool:
    """Whether a header is of money that was not granted: applied for, costs, shares, paid out."""
    words = _all_words(header)
    return bool(_APPLIED.search(words) or _COST.search(words) or _SHARE.search(header.casefold()))


def is_applied_for(header: str) -> bool:
    """Whether a header is of money that was applied for."""
    return bool(_APPLIED.search(_all_words(header)))


def _all_words(header: str) -> str:
    taken_apart = _taken_apart(header)
    return f"{taken_apart.plain} {taken_apart.beside.casefold()}"


def is_beside(header: str) -> bool:
    """Whether it is a header that lists of decisions have, of a column that is not read."""
    return _key(_taken_apart(header).words) in _beside()


def other_list(headers: Sequence[str]) -> tuple[str, list[str]] | None:
    """What a list is by its headers if it is none of decisions, and the headers that tell."""
    for kind, known in _else().items():
        told = [header for header in headers if _key(_taken_apart(header).words) in known]
        if kind == APPLICATIONS:
            told += [header for header in headers if is_applied_for(header)][:1]
        if len(told) > 1:
            return kind, told
    return None


def _names(header: _Header) -> list[Name]:
    if not 2 <= len(header.plain) <= MAX_HEADER:
        return []
    return _exact(header) or _total(header) or _begun(header) or _near(header)


def _total(header: _Header) -> list[Name]:
    """What a header names that says total beside it: it is surer by a tier."""
    words = tuple(word for word in header.words if word not in _TOTALS)
    if not words or words == header.words:
        return []
    rest = replace(header, words=words)
    found = _exact(rest) or _begun(rest)
    return [replace(name, tier=name.tier - 1) for name in found if name.column == "amount"]


def _exact(header: _Header) -> list[Name]:
    words = header.words
    found = _written().get("".join(words)) or _table().get(_key(words))
    found = found or _table().get(_base("".join(words)))
    found = found or _undotted().get(_key(words).translate(_UNDOTTED))
    if not found and len(words) > 1 and words[-1] in _LANGUAGES:
        return _exact(replace(header, words=words[:-1]))
    # *Beslut (kr)* is what was decided on in kronor.
    if found and header.unit and all(name.column == "status" for name in found):
        found = tuple(replace(name, column="amount", tier=0) for name in found)
    return [replace(name, unit=header.unit, rest=header.beside) for name in found or ()]


def _begun(header: _Header) -> list[Name]:
    words = header.words
    for count in range(len(words) - 1, 0, -1):
        found = _table().get(_key(words[:count]))
        if found:
            rest = header.written
            for word in words[:count]:
                at = re.search(re.escape(word), rest, re.IGNORECASE)
                rest = rest[at.end() :] if at else rest
            names = [
                replace(name, distance=BEGINS, rest=rest.strip(" ,/-_:"), unit=header.unit)
                for name in found
                if _may_go_on(name, words[count:], rest)
            ]
            return names
    return []


def _may_go_on(name: Name, rest: Sequence[str], written: str) -> bool:
    """Whether what follows a name leaves it what it is."""
    other = _NO_AMOUNT if name.column == "amount" else _OTHER_THING
    if name.column in ("status", "currency") or other.intersection(rest):
        return name.column == "case_number" and name.tier == 0
    if name.column == "decision_date":
        return "dat" in name.alias or "dag" in name.alias
    if name.tier == 0 and name.column != "amount":
        return True
    years = all(_YEARS.fullmatch(word) for word in rest)
    if name.column == "amount":
        capital = name.tier < _OTHER_AMOUNTS or name.alias == "belopp"
        funder = capital and written.strip(" ,(")[:1].isupper()
        return name.tier == 0 or years or _is_said_of(rest) or funder
    return years or _is_said_of(rest)


def _is_said_of(rest: Sequence[str]) -> bool:
    return len(rest) > 1 and rest[0] in _PREPOSITIONS


def _near(header: _Header) -> list[Name]:
    if _key(header.words) in _beside() or set(header.words) & _OTHER_THING:
        return []
    for alias, names in _spelled().items():
        # The date of something else is spelled nearly as that of the decision: *slutdatum*.
        if abs(len(alias) - len(header.plain)) <= 4 and names[0].column != "decision_date":
            matcher = difflib.SequenceMatcher(None, header.plain, alias)
            if matcher.quick_ratio() >= _CLOSE and matcher.ratio() >= _CLOSE:
                return [replace(name, distance=NEARLY_IS, unit=header.unit) for name in names]
    return []


def _held(header: _Header) -> Iterator[Name]:
    """A long name within a header that says more, as where two languages stand in one cell."""
    if set(header.words) & _OTHER_THING:
        return
    for alias, names in _spelled().items():
        # Short or common words stand within all kinds of headers.
        sure = names[0].tier == 0
        if sure and len(alias) > 10 and re.search(rf"\b{re.escape(alias)}\b", header.plain):
            yield from (replace(name, distance=HOLDS, unit=header.unit) for name in names)
            return


@lru_cache(maxsize=4096)
def _taken_apart(header: str) -> _Header:
    text = html.clean(header).replace("\u00a0", " ").replace("\u202f", " ").strip(" :*")
    text = _CAMEL.sub(" ", text).replace("_", " ")
    unit = beside = ""
    for inside in map(str.strip, _BRACKETS.findall(text)):
        stated = _UNIT_ALONE.fullmatch(inside) or _UNIT_AT_END.search(inside)
        unit = unit or (stated["unit"] if stated else "")
        beside = beside or ("" if stated else inside)
    name = _BRACKETS.sub(" ", text).strip(" ,;:-")
    while (stated := _UNIT_AT_END.search(name)) and stated.start() > 0:
        unit, name = unit or stated["unit"], name[: stated.start()].rstrip(" ,;:-")
        name = re.sub(r"\s+(?:i|in)$", "", name)
    words = tuple(word.casefold() for word in _WORD.findall(name))
    return _Header(words, f"{name} {beside}", _unit(unit), beside)


def _unit(stated: str) -> str:
    """The unit as amounts are written with it."""
    unit = " ".join(stated.casefold().replace(".", "").split())
    unit = re.sub(r"^1 ?000(?:-tals?)?|^tusentals?|^i tusen", "tusen", unit)
    return {"kkr": "tkr", "tusen sek": "ksek", "tusen": "tkr", "miljoner": "mkr"}.get(unit, unit)


def _key(words: Sequence[str]) -> str:
    return "".join(map(_base, words))


_stem = lru_cache(maxsize=4096)(snowballstemmer.stemmer("swedish").stemWord)


def _base(word: str) -> str:
    """A word without its ending: definite, genitive, plural, and the forms of a participle."""
    if len(word) > 4 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    word = word.removesuffix("numret") + ("nummer" if word.endswith("numret") else "")
    if len(word) > 5:
        definite = re.search(r"et$|(?<!and)en$|(?<=ande)n$|(?<=a)n$|(?<=el)n$", word)
        word = word[: definite.start()] if definite else word
    return str(_stem(word))


def _rows() -> Iterator[tuple[str, Name]]:
    for column, tiers in NAMES.items():
        for tier, languages in enumerate(tiers):
            for language, aliases in languages.items():
                for alias in aliases.split(", "):
                    yield alias, Name(column, alias, tier, language, IS)


@cache
def _table() -> dict[str, tuple[Name, ...]]:
    """The names by their key; what several languages write alike is under the first."""
    table: dict[str, dict[Column, Name]] = {}
    for alias, name in _rows():
        words = _taken_apart(alias).words
        for key in {_key(words), _base("".join(words))}:
            known = table.setdefault(key, {}).setdefault(name.column, name)
            if known.language != name.language and known.tier == name.tier:
                shared = {known.language, name.language} - {"en", "fi"}
                table[key][name.column] = replace(
                    known, language=None if len(shared) > 1 else known.language
                )
    return {key: tuple(columns.values()) for key, columns in table.items()}


@cache
def _written() -> dict[str, tuple[Name, ...]]:
    """The names as they are written, for what has the same key as another: *beslut*, *beslutad*."""
    table: dict[str, dict[Column, Name]] = {}
    for alias, name in _rows():
        words = _taken_apart(alias).words
        shared = next(one for one in _table()[_key(words)] if one.column == name.column)
        table.setdefault("".join(words), {}).setdefault(name.column, shared)
    return {written: tuple(columns.values()) for written, columns in table.items()}


@cache
def _undotted() -> dict[str, tuple[Name, ...]]:
    return {key.translate(_UNDOTTED): names for key, names in _table().items()}


@cache
def _spelled() -> dict[str, tuple[Name, ...]]:
    """The names by their words, for what is nearly one."""
    rows = ((_taken_apart(alias), name) for alias, name in _rows())
    return {one.plain: _table()[_key(one.words)] for one, _ in rows if len(one.plain) > 4}


@cache
def _beside() -> frozenset[str]:
    return frozenset(_key(_taken_apart(name).words) for name in BESIDE)


@cache
def _else() -> dict[str, frozenset[str]]:
    return {
        kind: frozenset(_key(_taken_apart(name).words) for name in known.split(", "))
        for kind, known in _ELSE.items()
    }
