"""Words as aligners compare them."""

import unicodedata
from collections.abc import Sequence

#: Words of the source sentence and of the target sentence.
WordPair = tuple[Sequence[str], Sequence[str]]


def comparable(word: str) -> str:
    """`word` in lower case and in normal form C.

    Texts of one language differ in their normal form: 38 % of the Yoruba test tokens of MasakhaNER 2.0 stand as they are in MAFAND-MT's
    Yoruba, 92 % do in normal form C.
    """
    return unicodedata.normalize("NFC", word.lower())
