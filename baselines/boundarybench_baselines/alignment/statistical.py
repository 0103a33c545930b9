"""The statistical aligner eflomal (Östling and Tiedemann 2016), trained on the sentences at hand and on parallel text beside them.

eflomal is GPL-3 and an optional extra. It samples and takes no seed: two runs give different links. So links are a stored stage, and
what follows from them is the same every time.
"""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from subprocess import CalledProcessError
from typing import NamedTuple

from boundarybench.errors import UsageError

from . import pharaoh
from .links import Links, WordPair, comparable

#: IBM model 1 with hidden Markov model and fertility: eflomal's best, and its default.
MODEL = 3

#: Chains whose distributions are averaged before links are chosen: eflomal's default.
SAMPLERS = 3


class Directions(NamedTuple):
    """The links of one sentence pair as each direction finds them, both as (source, target).

    In `forward` a target word has at most one link, in `reverse` a source word.
    """

    forward: Links
    reverse: Links


def align(pairs: Sequence[WordPair], parallel: Sequence[WordPair] = (), *, samplers: int = SAMPLERS) -> list[Directions]:
    """Align `pairs`, trained on them and on `parallel`. Words are compared in lower case and normal form C.

    A pair with an empty side has no links, nor has one with 1,024 words or more on a side, which eflomal passes over.

    Raises:
        UsageError: eflomal is not installed, or it stopped before its end.
    """
    if not any(all(pair) for pair in pairs):
        return [Directions(frozenset(), frozenset()) for _ in pairs]
    return _run([*pairs, *parallel], len(pairs), samplers)


def _run(pairs: Sequence[WordPair], wanted: int, samplers: int) -> list[Directions]:
    """Train on `pairs`, and read the links of the first `wanted`."""
    try:
        from eflomal import Aligner
    except ImportError:
        raise UsageError("the aligner is not installed: pip install 'boundarybench[eflomal]' (eflomal is GPL-3)") from None
    with tempfile.TemporaryDirectory() as folder:
        forward, reverse = Path(folder, "forward"), Path(folder, "reverse")
        sources, targets = _numbered(source for source, _ in pairs), _numbered(target for _, target in pairs)
        try:
            Aligner(model=MODEL, n_samplers=samplers).align(sources, targets, str(forward), str(reverse))
        except CalledProcessError as error:
            raise UsageError(
                f"eflomal ended with exit status {error.returncode} (a negative one: killed, often for want of memory)"
            ) from None
        both = zip(_read(forward, len(pairs), wanted), _read(reverse, len(pairs), wanted), strict=True)
        return [Directions(one, other) for one, other in both]


def _numbered(sentences: Iterable[Sequence[str]]) -> list[str]:
    """Sentences with a number for each word: eflomal splits at any white space, and a word may hold some."""
    numbers: dict[str, int] = {}
    return [" ".join(str(numbers.setdefault(comparable(word), len(numbers))) for word in words) for words in sentences]


def _read(path: Path, expected: int, wanted: int) -> list[Links]:
    lines = path.read_text("ascii").split("\n")[:-1]
    if len(lines) != expected:  # its program does not notice a full disk
        raise UsageError(f"eflomal wrote links for {len(lines)} of {expected} sentence pairs: is {path.parent.parent} full?")
    return [pharaoh.parse(line).sure for line in lines[:wanted]]
