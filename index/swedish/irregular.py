"""Forms that no suffix rule produces: vowels that change, verbs that the dictionary lists form by
form. Prefixed verbs follow their verb (*fortsatte* as *satte*)."""

from collections.abc import Callable

from .wordlist import word_set

_FORMS = """
vara är var varit
bli blir blev blivit bliva
göra gör gjorde gjort görs gjordes gjorts gjord gjorda
få får fick fått
gå går gick gått
ha har hade haft
ta tar tog tagit tas togs tagits taga tager
ge ger gav gett givit ges gavs getts givits giva
se ser såg sett ses sågs setts
kunna kan kunde kunnat
vilja vill ville velat
veta vet visste vetat
säga säger sade sagt sägs sades sagts sagd sagda
lägga lägger lade lagt läggs lades lagts lagd lagda
sätta sätter satte satt sätts sattes satts
sälja säljer sålde sålt säljs såldes sålts såld sålda
välja väljer valde valt väljs valdes valts
vänja vänjer vande vant
lita
sträva
täcka
utbyta
kalla kallas
rättvisa
orättvisa
dra drar drog dragit dras drogs dragits draga
slå slår slog slagit slås slogs slagits
stå står stod stått
hålla håller höll hållit hålls hölls hållits
falla faller föll fallit
låta låter lät låtit
komma kommer kom kommit
skriva skriver skrev skrivit skrivs skrevs skrivits
driva driver drev drivit drivs drevs drivits
finna finner fann funnit finns fanns funnits
vinna vinner vann vunnit
binda binder band bundit binds bundits
springa springer sprang sprungit
sitta sitter suttit
ligga ligger låg legat
bära bär bar burit bärs bars burits
skära skär skar skurit
stjäla stjäl stal stulit
dricka dricker drack druckit
förstå förstår förstod förstått
bidra bidrar bidrog bidragit bidraga
stödja stödjer stödjs stödde stött stöda stöder
bo bor bodde bott
höra hör hörs
leva lever levde levt
leda lett
läsa läst
råda råder rådde rått
hinna hinner hann hunnit hunnits
växa vuxit
stiga stiger stigit
innebära innebar
skjuta sköt skjutit skjuts sköts
bryta bryts bröts
sjunka sjönk
flyga flög flugit
lyckas lyckas lyckades lyckats
man mannen män männen mäns männens
stad städer städerna städers städernas
bok böcker böckerna böckers böckernas
son söner sönerna söners
dotter döttrar döttrarna döttrars
mor mödrar mödrarna mödrars
far fäder fäderna fäders
bror bröder bröderna bröders
natt nätter nätterna nätters
öga ögon ögonen ögons
öra öron öronen
liten litet lilla lille små mindre minst minsta
gammal gammalt gamla gamle gamlas
god gott
dålig sämre sämst sämsta
nära närmare närmast närmaste
annan andra annat andras
stor större störst största
allmän allmänna allmänt allmännas
hög högt höga högas högre högst högsta
låg lägre lägst lägsta
lång längre längst längsta
ung yngre yngst yngsta
äldre äldst äldsta
bra bättre bäst bästa
studie studier studierna studiers studiernas
tanke tanke tanken tankar tankarna
bonde bönder bönderna bönders böndernas
roll roller rollerna
ord orden ordens
same samer samerna samers samernas
data data datan datas
ledamot ledamöter ledamöterna ledamöters
"""

_NOT_ALONE = frozenset({"låg", "band", "far", "bar", "var", "man", "vant", "satt", "stött", "kom"})
"""Forms that are also other words. They are read as those words, in compounds too."""

IRREGULAR: dict[str, str] = {
    form: word
    for forms in map(str.split, _FORMS.strip().splitlines())
    for word in forms[:1]
    for form in forms
    if form not in _NOT_ALONE
}

_LONGEST = max(map(len, IRREGULAR))

_VERB_PREFIXES = word_set(
    "an av be er fast fort fram för före in inne ned om sam till under upp ut åter över"
)
"""Prefixes that make verbs, also verbs that the dictionary lacks: *ersätta*."""


def irregular_compound(word: str, is_base: Callable[[str], bool]) -> str | None:
    """The base of a prefixed irregular form, *ersätta* for *ersätter*; None for other words."""
    for cut in range(max(1, len(word) - _LONGEST), len(word) - 2):
        base = IRREGULAR.get(word[cut:])
        if base is not None and (word[:cut] in _VERB_PREFIXES or is_base(word[:cut] + base)):
            return word[:cut] + base
    return None
