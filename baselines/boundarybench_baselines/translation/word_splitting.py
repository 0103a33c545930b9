"""Plain sentences split into the words that the tagger knows: Moses' rules (sacremoses), straight quotes."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sacremoses import MosesTokenizer

#: Typographic quotes and apostrophes become the plain ones of the tagger's training text; the published splitter's `` and '' confuse it.
_PLAIN = str.maketrans("’‘ʼ`“”„«»", '\'\'\'\'"""""')
#: One word in the training text.
_WHOLE = [r"[Aa]ujourd'hui"]


def split(text: str, language: str) -> list[str]:
    """The words of a sentence in `language` (`en` or `fr`; other codes get Moses' general rules)."""
    words: list[str] = _tokenizer(language).tokenize(text.translate(_PLAIN), escape=False, protected_patterns=_WHOLE)
    return words


@cache
def _tokenizer(language: str) -> "MosesTokenizer":
    from sacremoses import MosesTokenizer  # of an extra: systems are listed and read without it

    return MosesTokenizer(lang=language)
