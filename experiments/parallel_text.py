"""MAFAND-MT parallel text, and what of it may be learnt from: it holds test sentences, their originals, and near-copies of both.

A lexicon, a tagger or a choice that is learnt from it must not have seen them; an aligner may, as unlabelled text, and its row says
`transductive`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from boundarybench.columns import read_text
from boundarybench_baselines.alignment.links import WordPair
from boundarybench_baselines.translation import word_splitting

from . import held_out
from .near_copies import Likeness, likeness

#: The language beside each of MasakhaNER 2.0's languages.
SOURCES = {
    "bam": "fr", "bbj": "fr", "ewe": "fr", "fon": "fr", "hau": "en", "ibo": "en", "kin": "en", "lug": "en", "luo": "en", "mos": "fr",
    "nya": "en", "pcm": "en", "sna": "en", "swa": "en", "tsn": "en", "twi": "en", "wol": "fr", "xho": "en", "yor": "en", "zul": "en",
}  # fmt: skip

#: Languages of PAN-X that have parallel text, with the code that it has there.
PANX = {"sw": "swa", "yo": "yor"}


class Pair(NamedTuple):
    """A sentence pair, and where it stands: the number of its line, from 0."""

    line: int
    source: str
    target: str

    def words(self, lang: str) -> WordPair:
        """Both sides split, the source as translations are, the target at Moses' general rules."""
        return word_splitting.split(self.source, SOURCES[lang]), word_splitting.split(self.target, lang)


def pairs(data: Path, lang: str) -> Iterator[Pair]:
    """All sentence pairs of a language."""
    for number, line in enumerate(read_text(data / "parallel" / f"{SOURCES[lang]}-{lang}.tsv").split("\n")):
        source, tab, target = line.partition("\t")
        if tab:
            yield Pair(number, source, target)


class Compared(NamedTuple):
    """A pair, and how like its sides are to dev and test sentences: the target to those of the language, the source to originals."""

    pair: Pair
    target: Likeness
    source: Likeness


def compared(data: Path, lang: str) -> list[Compared]:
    """All pairs of a language beside the held-out sentences; half a minute at most. Raises as `held_out.sentences`."""
    found = list(pairs(data, lang))
    targets = likeness([pair.target for pair in found], held_out.sentences(data, lang))
    sources = likeness([pair.source for pair in found], held_out.originals(data, SOURCES[lang]))
    return list(map(Compared, found, targets, sources))


def unseen(data: Path, lang: str) -> list[Pair]:
    """The pairs of which neither side is a near-copy of a dev or test sentence or its original. Raises as `held_out.sentences`."""
    return [each.pair for each in compared(data, lang) if not each.target.is_copy and not each.source.is_copy]
