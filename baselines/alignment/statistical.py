"""The statistical aligner eflomal (Östling and Tiedemann 2016), trained on the sentences at hand and on parallel text beside them.

eflomal is GPL-3 and an optional extra. It samples and takes no seed: two runs give different links. So links are a stored stage, and
what follows from them is the same every time.
"""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmark.errors import UsageError

from . import pharaoh
from .links import Links

#: Words of the source sentence and of the target sentence.
WordPair = tuple[Sequence[str], Sequence[str]]

#: IBM model 1 with hidden Markov model and fertility: eflomal's best, and its default.
MODEL = 3


class Directions(NamedTuple):
    """The links of one sentence pair as each direction finds them, both as (source, target)."""

    forward: Links
    reverse: Links


def align(pairs: Sequence[WordPair], parallel: Sequence[WordPair] = ()) -> list[Directions]:
    """Align `pairs`, trained on them and on `parallel`. Words are lower-cased; a pair with an empty side has no links.

    Raises:
        UsageError: eflomal is not installed.
    """
    try:
        from eflomal import Aligner
    except ImportError:
        raise UsageError("the aligner is not installed: pip install 'boundarybench[eflomal]' (eflomal is GPL-3)") from None
    at_hand = [index for index, pair in enumerate(pairs) if all(pair)]
    trained_on = [pairs[index] for index in at_hand] + [pair for pair in parallel if all(pair)]
    found = [Directions(frozenset(), frozenset()) for _ in pairs]
    if not at_hand:
        return found
    with tempfile.TemporaryDirectory() as folder:
        forward, reverse = Path(folder, "forward"), Path(folder, "reverse")
        Aligner(model=MODEL).align(
            _numbered(pair[0] for pair in trained_on), _numbered(pair[1] for pair in trained_on), str(forward), str(reverse)
        )
        for index, one, other in zip(at_hand, pharaoh.read(forward), pharaoh.read(reverse), strict=False):
            found[index] = Directions(one.sure, other.sure)
    return found


def _numbered(sentences: Iterable[Sequence[str]]) -> list[str]:
    """Sentences with a number for each word: eflomal splits at any white space, and a word may hold some."""
    numbers: dict[str, int] = {}
    return [" ".join(str(numbers.setdefault(word.lower(), len(numbers))) for word in words) for words in sentences]
