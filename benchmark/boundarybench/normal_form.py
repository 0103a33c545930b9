"""Unicode normal forms in time that grows with the text: `unicodedata.normalize` alone needs minutes for a line of marks out of order."""

import unicodedata
from itertools import groupby
from typing import Literal

#: So short a text is quickly normalised however it is ordered.
_SHORT = 100


def normalise(form: Literal["NFC", "NFKC"], text: str) -> str:
    """What `unicodedata.normalize` gives."""
    if len(text) > _SHORT and not text.isascii():
        apart = "".join(unicodedata.normalize("NFKD" if form == "NFKC" else "NFD", character) for character in text)
        runs = groupby(apart, lambda character: unicodedata.combining(character) > 0)
        text = "".join("".join(sorted(run, key=unicodedata.combining) if marks else run) for marks, run in runs)
    return unicodedata.normalize(form, text)
