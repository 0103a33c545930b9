"""Words to running text, for translation models: NLTK's Treebank rules as published; Chinese, Japanese and Thai without spaces."""

from collections.abc import Sequence
from functools import cache

from nltk.tokenize import TreebankWordDetokenizer

#: Languages that write no spaces between words.
UNSPACED = frozenset({"ja", "th", "zh"})


def detokenise(words: Sequence[str], lang: str) -> str:
    """The words as one text."""
    if lang in UNSPACED:
        return "".join(words)
    text: str = _detokenizer().detokenize(list(words))
    return text


@cache
def _detokenizer() -> TreebankWordDetokenizer:
    return TreebankWordDetokenizer()
