"""Who makes the API, what it is for and where its limits are, in Swedish and in English."""

from __future__ import annotations

from search.fields import QUERY_NAMES
from web import formats
from web.api.schemas import API_VERSION, Json
from web.settings import Settings

_SWEDISH = """\
Beslutssök söker i beslut om offentlig medfinansiering: vem som har beviljats hur mycket för vad, \
och varför. API:et svarar med samma beslut, facetter och summor som webbplatsen, och tar samma \
parametrar.

- Alla ord måste finnas med. `"exakt fras"`, `-ord`, `INTE`, `ELLER`, parenteser, `prefix*` och \
fälten {fields} går att använda i `q`.
- `totalRecords`, facetterna, `stats`, exporten och flödet talar om samma mängd. Beslut \
med några av orden (`partial`) räknas inte in.
- Svaren är JSON i UTF-8. Tider är RFC 3339 i UTC. Belopp är i kronor.
- Svaren har en stark ETag. Skicka den i `If-None-Match`, så blir svaret 304 om inget har ändrats.
- Bara GET och HEAD besvaras, allt annat med 405. Skript på andra webbplatser får läsa svaren \
(`Access-Control-Allow-Origin: *`); en förfrågan som kräver en förhandsfråga (OPTIONS) \
besvaras inte.
- Fel beskrivs enligt RFC 9457.

**Begränsningar.** En sökning får ha högst {query_refused} tecken, {phrase_words} ord i en fras \
och {nesting} nivåer av parenteser; av en som är längre än {query_words} ord eller \
{query_characters} tecken söks de mest utmärkande orden, och `notes` säger vilka. Ett prefix har \
minst {prefix_letters} bokstäver och utvidgas till högst {prefix_expansions} ord. `limit` är högst \
{page_size}, en facett listar högst {facet_values} värden, och det går att bläddra bland de \
första {page_depth} besluten; hela mängden finns som export. Gränsen för tiden är \
{seconds:g} s; därefter blir svaret 503 med `Retry-After`. Den gräns som överskrids står i svaret. \
Kända problem: inga."""
_ENGLISH = """\
In English: Beslutssök searches decisions on public co-funding: who was granted how much for what, \
and why. The API answers with the same decisions, facets and sums as the site, and takes the same \
parameters. All words must match. Everything is JSON in UTF-8, times are RFC 3339 in UTC, amounts \
are in SEK; errors follow RFC 9457. Each answer has a strong ETag. Only GET and HEAD are answered.

**Limits.** A query has a limit of {query_refused} characters; of one longer than {query_words} \
words the most telling are searched. `limit` is at most {page_size}; the first {page_depth} \
decisions can be paged through, and the whole set is had as an export. A search that takes more \
than {seconds:g} s is answered with 503."""


def info(settings: Settings, site: str) -> Json:
    """The description's own description, for an API at the address `site`."""
    facts = {one: getattr(settings.limits, one) for one in settings.limits.__slots__}
    description = f"{_SWEDISH}\n\n{_ENGLISH}".format(
        **facts,
        seconds=settings.search_seconds,
        fields=formats.listed([f"`{name}:`" for name in QUERY_NAMES]),
    )
    contact = {"name": settings.publisher or "Beslutssök", "url": f"{site}/om"}
    if settings.contact:
        contact["email"] = settings.contact
    licence = {"name": "MIT", "url": "https://opensource.org/license/mit"}
    if settings.licence:
        licence = {"name": "Licens för besluten", "url": settings.licence}
    return {
        "title": "Beslutssök",
        "version": API_VERSION,
        "summary": "Sök i beslut om offentlig medfinansiering",
        "description": description,
        "termsOfService": f"{site}/om",
        "contact": contact,
        "license": licence,
        "x-sla": {
            "availability": "Ingen utlovad tillgänglighet; /health visar läget.",
            "responseTime": f"En sökning tar högst {settings.search_seconds:g} s; annars 503.",
            "support": "Se contact.",
        },
    }
