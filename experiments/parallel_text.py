"""MAFAND-MT parallel text, and what of it may be learnt from: it contains the test sets' own sentences and their originals.

A lexicon or a choice that is learnt from it must not have seen them; an aligner may, as unlabelled text, and its row says `transductive`.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from boundarybench.columns import read_text
from boundarybench_baselines.alignment.links import WordPair
from boundarybench_baselines.translation import stored_translations, word_splitting

from .corpora import MASAKHANER, masakhaner_gold

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


def unseen(data: Path, lang: str) -> list[Pair]:
    """The pairs that share nothing with dev and test: neither the original of any translated sentence nor a sentence of the language."""
    originals = _originals(data)
    sentences = {_letters("".join(sentence.tokens or ())) for split in ("dev", "test") for sentence in masakhaner_gold(data, lang, split)}
    return [pair for pair in pairs(data, lang) if _letters(pair.source) not in originals and _letters(pair.target) not in sentences]


@cache
def _originals(data: Path) -> frozenset[str]:
    """The originals of all dev and test sentences of all languages: many are translated into several."""
    stored = [data / "translations" / "masakhaner2" / split / f"{lang}.jsonl" for lang in MASAKHANER for split in ("dev", "test")]
    return frozenset(_letters(each.translation) for path in stored for each in stored_translations.read(path))


def _letters(text: str) -> str:
    """Letters and digits alone, in lower case and normal form C: sentences are the same however they are split and punctuated."""
    return "".join(character for character in unicodedata.normalize("NFC", text).casefold() if character.isalnum())
