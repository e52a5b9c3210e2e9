"""Which words carry no topic?

Function words only carry grammar; they count only inside quotes. They are the Swedish stop word
list of the Snowball project (snowballstem.org/algorithms/swedish/stop.txt, BSD licence), without
its *sitta*, which is a verb to every reader, and with the conjunctions, prepositions and pronouns
that it lacks; then the few English words that fill project names.

Words of low content are content words by their grammar, but stand in texts on any topic.
"""

from .wordlist import word_set

_SNOWBALL = """
och det att i en jag hon som han på den med var sig för så till är men ett om hade de av icke mig
du henne då sin nu har inte hans honom skulle hennes där min man ej vid kunde något från ut när
efter upp vi dem vara vad över än dig kan sina här ha mot alla under någon eller allt mycket sedan
ju denna själv detta åt utan varit hur ingen mitt ni bli blev oss din dessa några deras blir mina
samma vilken er sådan vår blivit dess inom mellan sådant varför varje vilka ditt vem vilket sådana
vart dina vars vårt våra ert era vilkas
"""

_ADDED = """
samt respektive både såväl liksom antingen varken genom kring bland hos mellan per via längs enligt
ska skall bör får också även dock därför eftersom medan ifall huruvida ens sitt sådan densamma
detsamma dessutom bl a t ex dvs mm osv
"""

_ENGLISH = "the of and to for with from on by at an is"

FUNCTION_WORDS = word_set(f"{_SNOWBALL} {_ADDED} {_ENGLISH}")

CONJUNCTIONS = frozenset(["och", "eller", "samt", "respektive"])
"""Words that a suspended compound may stretch over: *studie- och yrkesvägledning*."""

_POOR_VERBS = """
måste vill ville velat gör göra kan finns fanns finnas funnits får fått fick ge ger ges gav gett ta
tar tas tog tagit gå går gick gått stå står stod stått komma se ser ses sett ligga gälla behöva
krävs kräver krävt krävde handla bli blir blev blivit visar visas visat visade visa innebära
innefatta omfatta bestå utgöra använda bidra leda leds leder ledde lett syfta avse avser arbetar
jobba utföra genomföra utveckla skapar skapas skapat öka basera bygger förvänta hitta söka letar
veta vet tycker tänka saknas uppnå nå börja fortsätta hålla håller sätta sätter lägga lägger ställa
säga säger ske sker möjliggöra påverka finna utgår ingå ingår
"""

_POOR_NOUNS = """
projekt projektet beslut ansökan syfte mål målsättning resultat sätt del rätt tillgång linje rad typ
form grad nivå fall exempel område grund sida sikt gång plats fråga problem sak roll steg fas punkt
möjlighet behov krav förutsättning förhållande sammanhang situation anledning betydelse hänsyn fokus
hjälp skillnad mängd antal antalet procent miljon kr kronor mkr mnkr upplägg genomförande uppgift
förslag ide idé aspekt faktor perspektiv utgångspunkt slut början utmaning
"""

_TIMES = """
tid år dag vecka månad timme period dygn kvartal framtid framtida årlig nuvarande tidig sen januari
februari mars april maj juni juli augusti september oktober november december måndag tisdag onsdag
torsdag fredag lördag söndag idag nyligen hittills redan ännu fortfarande ofta oftast ibland alltid
aldrig länge innan därefter
"""

_DEGREES = """
mer mera mest mindre minst fler flera flest många få färre litet lite liten små stor större störst
hög höga högre högst låg lägre lägst lång bra bättre bäst god goda goa dålig ny nya annan annat
andra annorlunda första först sista olika olik lik liknande viktig möjlig särskild speciell vanlig
viss vissa hel hela helt väldigt ganska endast bara just främst exempelvis alltså således därmed
därigenom dessutom istället tillsammans såsom utifrån fram vidare väl nära gemensam gemensamt två
tre fyra fem sex sju åtta nio tio båda samtliga alla varandra egen ytterligare flesta tillräcklig
aktuell befintlig gemensamma oavsett
"""

LOW_CONTENT = word_set(f"{_POOR_VERBS} {_POOR_NOUNS} {_TIMES} {_DEGREES}")
"""Words that stand in texts on any topic: set by hand, from the most frequent words of 5,870
Swedish research grants (SweCRIS) and of the sample decision. A base form stands for all its forms;
a form is listed where the dictionary takes it for one of another word (*visar*, *krävs*), or where
other forms mean something (*skapande skola*). See `words.is_low_content`."""

ASKING = word_set(
    """
    vad vem vilka vilken vilket hur varför måste vill ville finns gör gäller behöver behövs handlar
    söker letar hitta visa
    """
)
"""Words that show a query to be a sentence, such as a question, and no list of words."""


def is_function_word(word: str) -> bool:
    """Whether a word, in any case, only carries grammar: *och*, *i*, *på*."""
    return word.lower() in FUNCTION_WORDS
