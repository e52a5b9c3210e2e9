"""Who makes the API, what it is for and where its limits are, in each language."""

from __future__ import annotations

from search.fields import QUERY_NAMES
from search.labels import label
from web import formats
from web.api.schemas import API_VERSION, Json
from web.language import LANGUAGES, gettext, locale
from web.settings import Settings

_SWEDISH = """\
Beslutssök söker i beslut om offentlig medfinansiering: vem som har beviljats hur mycket för vad, \
och varför. API:et svarar med samma beslut, facetter och summor som webbplatsen, och tar samma \
parametrar.

- Alla ord måste finnas med. `"exakt fras"`, `-ord`, `INTE`, `ELLER`, parenteser, `prefix*` och \
fälten {fields} går att använda i `q`.
- `totalRecords`, facetterna, `stats`, exporten och flödet talar om samma mängd. Beslut \
med några av orden (`partial`) räknas inte in.
- `/changes` säger vad som har kommit, ändrats och gått sedan sist; `cursor` går igenom hela \
mängden också medan indexet ändras.
- Svaren är JSON i UTF-8. Tider är RFC 3339 i UTC. Belopp är i kronor.
- Svaren har en stark ETag. Skicka den i `If-None-Match`, så blir svaret 304 om inget har ändrats.
- Bara GET och HEAD besvaras, allt annat med 405. Skript på andra webbplatser får läsa svaren \
(`Access-Control-Allow-Origin: *`), och deras förhandsfrågor (OPTIONS) besvaras.
- Fel beskrivs enligt RFC 9457, med felets namn i `code`, på engelska med `Accept-Language: en` \
eller `lang=en`.

**Begränsningar.** En sökning får ha högst {query_refused} tecken, {phrase_words} ord i en fras \
och {nesting} nivåer av parenteser; av en som är längre än {query_words} ord eller \
{query_characters} tecken söks de mest utmärkande orden, och `notes` säger vilka. Ett prefix har \
minst {prefix_letters} bokstäver och utvidgas till högst {prefix_expansions} ord. `limit` är högst \
{page_size}, en facett listar högst {facet_values} värden, och det går att bläddra bland de \
första {page_depth} besluten med `page`; hela mängden nås med `cursor` och som export. Gränsen för \
tiden är {seconds} s; därefter blir svaret 503 med `Retry-After`. Den gräns som överskrids står i \
svaret. Kända problem: inga."""
_ENGLISH = """\
Beslutssök searches decisions on public co-funding: who was granted how much for what, and why. \
The API answers with the same decisions, facets and sums as the site, and takes the same \
parameters.

- All words must match. `"exact phrase"`, `-word`, `INTE` (not), `ELLER` (or), parentheses, \
`prefix*` and the fields {fields} can be used in `q`. Decisions are in Swedish, so search in \
Swedish.
- `totalRecords`, the facets, `stats`, the export and the feed are about the same set. Decisions \
with some of the words (`partial`) are not counted.
- `/changes` says what has come, changed and gone since; `cursor` goes through the whole set, also \
while the index changes.
- Answers are JSON in UTF-8. Times are RFC 3339 in UTC. Amounts are in Swedish kronor (SEK).
- Answers have a strong ETag. Send it in `If-None-Match`, and the answer is 304 if nothing has \
changed.
- Only GET and HEAD are answered, everything else with 405. Scripts on other sites may read the \
answers (`Access-Control-Allow-Origin: *`), and their preflights (OPTIONS) are answered.
- Errors follow RFC 9457, with the name of the error in `code`, in English with \
`Accept-Language: en` or `lang=en`.

**Limits.** A query has at most {query_refused} characters, {phrase_words} words in a phrase and \
{nesting} levels of parentheses; of one longer than {query_words} words or {query_characters} \
characters the most telling words are searched, and `notes` says which. A prefix has at least \
{prefix_letters} letters and is expanded to at most {prefix_expansions} words. `limit` is at most \
{page_size}, a facet lists at most {facet_values} values, and the first {page_depth} decisions can \
be paged through with `page`; `cursor` reaches all, and the whole set is had as an export. The \
limit in time is {seconds} s; after that the answer is 503 with `Retry-After`. The answer says \
which limit was exceeded. Known problems: none."""
_DESCRIPTIONS = {LANGUAGES["sv"]: _SWEDISH, LANGUAGES["en"]: _ENGLISH}


def info(settings: Settings, site: str) -> Json:
    """The description's own description, for an API at the address `site`."""
    seconds = f"{settings.search_seconds:g}"
    facts = {one: getattr(settings.limits, one) for one in settings.limits.__slots__}
    description = _DESCRIPTIONS[locale()].format(
        **facts,
        seconds=seconds,
        fields=formats.listed([f"`{name}:`" for name in QUERY_NAMES]),
    )
    contact = {"name": settings.publisher or "Beslutssök", "url": f"{site}/om"}
    if settings.contact:
        contact["email"] = settings.contact
    licence = {"name": "MIT", "url": "https://opensource.org/license/mit"}
    if settings.licence:
        licence = {"name": gettext("Licens för besluten"), "url": settings.licence}
    return {
        "title": "Beslutssök",
        "version": API_VERSION,
        "summary": label("Sök i beslut om offentlig medfinansiering"),
        "description": description,
        "termsOfService": f"{site}/om",
        "contact": contact,
        "license": licence,
        "x-sla": {
            "availability": gettext("Ingen utlovad tillgänglighet; /health visar läget."),
            "responseTime": gettext(
                "En sökning tar högst %(seconds)s s; annars 503.",
                seconds=seconds,
            ),
            "support": gettext("Se contact."),
        },
    }
