"""Near-copies: how like each of some texts is to the likest of a set of sentences, however they are written.

Texts are compared by their letters alone: without case, accents, punctuation, digits and spaces. What a copy may have is then a line number
before it, another spelling or normal form (60 % of MasakhaNER's Yoruba tokens are not in normal form C), a changed word, a clause more.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist

#: A text is a near-copy from this edit ratio on, or from this containment on (both in per cent).
RATIO, CONTAINMENT = 80.0, 70.0
#: Edit ratios below this are not told apart, and count as 0: it saves most of the time.
FLOOR = 75.0
#: Containment is looked at where the shorter side has at least so many letters: less is a phrase that anyone may write.
LEAST = 24
#: Letters of a shingle: with one changed letter, a sentence of 40 still has 85 % of its shingles.
SHINGLE = 6

_LETTERS = frozenset(("Ll", "Lo", "Lt", "Lu"))  # without modifier letters (Lm): one writer's U+02BC is another's apostrophe
_ROWS = 200  # texts compared at a time: some tens of megabytes
_COLUMNS = 32


class Likeness(NamedTuple):
    """How like a text is to the likest sentence, in per cent.

    Attributes:
        ratio: 100 (1 - d / (n + m)) with n and m letters of which d must be inserted or deleted to make one text the other (rapidfuzz,
            `fuzz.ratio`: the normalised indel similarity); 0 where it is below `FLOOR`.
        containment: of the shorter text's shingles (`SHINGLE` letters in a row), those that the longer has too (Broder 1997, "On the
            resemblance and containment of documents", section 2); 0 where the shorter has fewer than `LEAST` letters.
    """

    ratio: float
    containment: float

    @property
    def is_copy(self) -> bool:
        """Whether the text must not be learnt from."""
        return self.ratio >= RATIO or self.containment >= CONTAINMENT


def letters(text: str) -> str:
    """The letters of a text, case folded, without the marks that normal form KD takes off them."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in plain if unicodedata.category(character) in _LETTERS)


def likeness(texts: Sequence[str], sentences: Iterable[str]) -> list[Likeness]:
    """How like each of `texts` is to the likest of `sentences`; what has no letters is like nothing.

    The time goes with the product of their numbers: some million pairs a second.
    """
    keys = [letters(text) for text in texts]
    ours = sorted(set(keys) - {""}, key=lambda key: (len(key), key))
    theirs = sorted({letters(sentence) for sentence in sentences} - {""})
    if not theirs:
        return [Likeness(0.0, 0.0)] * len(texts)
    found = dict(zip(ours, map(Likeness, _ratios(ours, theirs), _containments(ours, theirs)), strict=True))
    return [found.get(key, Likeness(0.0, 0.0)) for key in keys]


def _ratios(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[float]:
    """The highest edit ratio of each of `ours`.

    Two texts cannot be nearer than how often they have each letter: of a pair, d is at least the sum of the differences. For four pairs
    in five that settles it.
    """
    lengths, counts, others = np.array([len(text) for text in theirs]), _counts(theirs), np.array(theirs, dtype=object)
    for start in range(0, len(ours), _ROWS):
        rows = ours[start : start + _ROWS]
        together = np.array([len(text) for text in rows])[:, None] + lengths
        possible = cdist(_counts(rows), counts, "cityblock") <= (1 - FLOOR / 100) * together
        for text, near in zip(rows, possible, strict=True):
            best = process.extractOne(text, others[near].tolist(), scorer=fuzz.ratio, score_cutoff=FLOOR)
            yield best[1] if best else 0.0


def _counts(texts: Sequence[str]) -> NDArray[np.float64]:
    """How often each text has each letter (texts, 32): letters that share a column, as few do, only weaken the bound."""
    codes = [np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32) % _COLUMNS for text in texts]
    return np.array([np.bincount(each, minlength=_COLUMNS) for each in codes], dtype=np.float64).reshape(-1, _COLUMNS)


def _containments(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[float]:
    """The highest containment of each of `ours`."""
    known: dict[str, int] = {}
    for text in theirs:
        for shingle in _shingles(text):
            known.setdefault(shingle, len(known))
    across, sizes = _matrix(theirs, known)
    for start in range(0, len(ours), _ROWS):
        rows, row_sizes = _matrix(ours[start : start + _ROWS], known)
        shared = (rows @ across.T).tocsr()
        smaller = np.minimum(np.repeat(row_sizes, np.diff(shared.indptr)), sizes[shared.indices])
        shared.data = 100 * shared.data / smaller
        yield from shared.max(axis=1).toarray().ravel().tolist()


def _matrix(texts: Sequence[str], known: dict[str, int]) -> tuple[csr_array, NDArray[np.int64]]:
    """Which of the `known` shingles each text has (texts, shingles), and how many different shingles it has, known or not."""
    each = [_shingles(text) for text in texts]
    columns = [sorted(known[shingle] for shingle in shingles if shingle in known) for shingles in each]
    places = np.array([place for row in columns for place in row], dtype=np.int64)
    ends = np.cumsum([0, *map(len, columns)])
    matrix = csr_array((np.ones(len(places)), places, ends), shape=(len(texts), max(len(known), 1)))
    return matrix, np.array([len(shingles) for shingles in each], dtype=np.int64)


def _shingles(text: str) -> set[str]:
    return {text[at : at + SHINGLE] for at in range(len(text) - SHINGLE + 1)} if len(text) >= LEAST else set()
