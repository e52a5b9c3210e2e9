"""Which words carry no topic? They count only inside quotes.

The Swedish stop word list of the Snowball project (snowballstem.org/algorithms/swedish/stop.txt,
BSD licence), without its *sitta*, which is a verb to every reader, and with the conjunctions,
prepositions and pronouns that it lacks; then the few English words that fill project names.
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


def is_function_word(word: str) -> bool:
    """Whether a word, in any case, only carries grammar: *och*, *i*, *på*."""
    return word.lower() in FUNCTION_WORDS
