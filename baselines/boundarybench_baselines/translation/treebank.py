"""Running English text to words: NLTK's word tokenizer, as published, without the quotes that confuse taggers.

The published setup first cuts the text into sentences with NLTK's trained model, which has to be downloaded; it matters only for the full
stop of an inner sentence, which the word tokenizer leaves on its word. Here a stated rule does that: a full stop before a space and a
capital stands alone, unless it follows a single letter, an abbreviation with stops inside, or one of `ABBREVIATIONS`.
"""

import re
from functools import cache

from nltk.tokenize import NLTKWordTokenizer

# fmt: off
#: English abbreviations that stand before names, inside them or at their end: they keep their full stop, at the end of a sentence too.
ABBREVIATIONS = frozenset(
    ["Adm", "Atty", "Brig", "Bros", "Capt", "Cmdr", "Co", "Col", "Corp", "Cpl", "Dr", "Fr", "Ft", "Gen", "Gov", "Hon", "Inc", "Jr", "Lt",
     "Ltd", "Maj", "Messrs", "Mme", "Mr", "Mrs", "Ms", "Mt", "No", "Nos", "Pres", "Prof", "Rep", "Reps", "Rev", "Sen", "Sens", "Sgt", "Sir",
     "Sr", "St", "Ste", "Supt", "vs"]
)
# fmt: on
_INNER_STOP = re.compile(r"(?P<before>[^\s.]+(\.[^\s.]+)*)\.(?=\s+[\"'“‘(]?[A-ZÀ-Þ])")
#: The tokenizer writes opening and closing quotes as in the Penn Treebank; taggers were trained on plain ones.
_QUOTES = {"``": '"', "''": '"'}


def split(text: str) -> list[str]:
    """The words of a translation."""
    return [_QUOTES.get(word, word) for word in _tokenizer().tokenize(_INNER_STOP.sub(_apart, text))]


def _apart(found: re.Match[str]) -> str:
    before = found["before"]
    abbreviated = len(before) == 1 or "." in before or before.lstrip("(\"'“‘") in ABBREVIATIONS
    return found[0] if abbreviated else f"{before} ."


@cache
def _tokenizer() -> NLTKWordTokenizer:
    return NLTKWordTokenizer()
