"""What is this word?

`analyze` answers it, for documents and queries alike. Its stages, in reading order:

| module          | question                                                                |
|-----------------|-------------------------------------------------------------------------|
| `tokens`        | Where does a word begin and end?                                        |
| `normalize`     | Which spellings are the same word?                                      |
| `lexicon`       | What does the dictionary say about it? (made by `build_lexicon`)        |
| `lemma`         | Which dictionary word is it a form of? (`irregular`: the listed forms)  |
| `stems`         | Which term stands for all its forms?                                    |
| `compounds`     | Which words is it made of?                                              |
| `costs`         | What does it cost to read letters as a part?                            |
| `heads`         | May a word of the dictionary have this head?                            |
| `productive`    | Which parts cannot be judged by the dictionary? (lists set by hand)     |
| `dots`          | Which words may it be, written without its dots?                        |
| `derivation`    | Which word is it formed from, and what does it deny?                    |
| `words`         | All of that for one word                                                |
| `analysis`      | All of that for a text, with spans, and suspended compounds written out |
| `bag`           | All of that for a text word by word, for indexing                       |
| `stopwords`     | Which words carry no topic?                                             |

Nothing here keeps state but caches and the lexicon, loaded on first use; threads may share it.
"""

from .analysis import Record, analyze, record_of, stem_beginning, stem_initial, stem_of, surface_of
from .bag import Bag, bag
from .compounds import split_compound
from .dots import dotted
from .lexicon import LEXICON_VERSION
from .lexicon import lexicon as load_lexicon
from .model import Part, PartKind, Token
from .normalize import fold, fold_ascii
from .stopwords import ASKING, FUNCTION_WORDS, is_function_word
from .tokens import find_tokens, find_words, words_at
from .words import is_known, is_low_content, is_topical

__all__ = [
    "ASKING",
    "FUNCTION_WORDS",
    "LEXICON_VERSION",
    "Bag",
    "Part",
    "PartKind",
    "Record",
    "Token",
    "analyze",
    "bag",
    "dotted",
    "find_tokens",
    "find_words",
    "fold",
    "fold_ascii",
    "is_function_word",
    "is_known",
    "is_low_content",
    "is_topical",
    "load_lexicon",
    "record_of",
    "split_compound",
    "stem_beginning",
    "stem_initial",
    "stem_of",
    "surface_of",
    "words_at",
]
