"""What of every resource is like dev and test sentences: `python -m experiments.leaks`, or `make leaks`, writes docs/leaks.md.

Parallel text loses its near-copies before anything learns from it (parallel_text.py); of labelled sets the table says on which tests a
tagger of theirs may stand.
"""

import argparse
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

from boundarybench import atomic
from boundarybench.columns import read_sentences
from boundarybench.errors import BoundaryBenchError, UsageError
from boundarybench_baselines.translation import stored_translations

from . import corpora, held_out, lexica, parallel_text, taggers
from .near_copies import CONTAINMENT, FLOOR, LEAST, RATIO, SHINGLE, Likeness, likeness
from .projection_report import ROOT

log = logging.getLogger("boundarybench")

#: Languages of MasakhaNER 1.0, and those that T-Projection translated CoNLL-2003 into.
MASAKHANER_1 = ("hau", "ibo", "kin", "lug", "luo", "pcm", "swa", "wol", "yor")
T_PROJECTION = ("hau", "ibo", "nya", "sna", "swa", "xho", "yor", "zul")

_HEADS = ("resource", "language", "beside", "lines", "target side", "source side", "containment", "highest left: ratio", "containment")
_ABOUT = f"""\
<!-- Written by `make leaks`; do not edit. -->
# Leaks: what is like dev and test sentences

A line is a near-copy of a sentence from an edit ratio of {RATIO:.0f} on (of n and m letters, d must be inserted or deleted:
100 (1 - d / (n + m))), or where {CONTAINMENT:.0f} % of the shorter one's runs of {SHINGLE} letters stand in the longer (Broder 1997; the
shorter has at least {LEAST} letters). Letters are compared after NFKD and case folding, without accents, digits, punctuation and
spaces. Counted are near-copies by the first rule that a line falls under: ratio on the target side, ratio on the source side,
containment on either; then how like the likest line is that no rule takes out (a ratio below {FLOOR:.0f} shows as 0).

* **parallel text** (MAFAND-MT): target sides beside the dev and test sentences of every suite in the language, source sides beside
  the human originals of all dev and test sentences. Near-copies are left out of all that learns from it (`experiments/parallel_text.py`).
* **lexicon**: the lines that a stored lexicon's entries stand in (`experiments/data/lexica`). Entries from near-copies were taken out of
  lexica that had been learnt before this rule; they were not aligned anew ([reference rows](reference-rows.md)).
* **MasakhaNER 1.0 and 2.0** share articles: where a number stands, a tagger trained on the one is not to be tested on the other, unless
  these lines are taken out of its training set.
* **T-Projection**'s training sets (CoNLL-2003 translated) and those of the **source taggers** (by file) stand beside what they are tested
  on: sentences of all suites in the language; English and French ones beside the human originals too, which taggers read.
* **weights**: dev sentences of the other languages that the projection's weights for a language are learnt on, by their originals, beside
  the originals of its test sentences. Some sentences were translated into several languages.
"""


class Row(NamedTuple):
    """One resource in one language: its lines, how many are near-copies by which rule, and the highest likeness of the others."""

    resource: str
    language: str
    beside: str
    lines: int
    target: int
    source: int
    containment: int
    ratio: float
    contained: float


def row(resource: str, language: str, beside: str, targets: Iterable[Likeness], sources: Iterable[Likeness] = ()) -> Row:
    """Counts of a resource, whose lines have a target side and a source side, or only the first."""
    ours = list(targets)
    theirs = list(sources) or [Likeness(0.0, 0.0)] * len(ours)
    lines = list(zip(ours, theirs, strict=True))
    target = sum(one.ratio >= RATIO for one, _ in lines)
    source = sum(one.ratio < RATIO <= other.ratio for one, other in lines)
    left = [each for line in lines if not any(side.is_copy for side in line) for each in line]
    contained = len(lines) - target - source - len(left) // 2
    highest = [max((value for value, _ in left), default=0.0), max((value for _, value in left), default=0.0)]
    return Row(resource, language, beside, len(lines), target, source, contained, *highest)


def rows(data: Path) -> Iterator[Row]:
    """All rows of the table; ten minutes of one core."""
    for lang in parallel_text.SOURCES:
        yield from _parallel(data, lang)
    for lang in MASAKHANER_1:
        yield from _masakhaner(data, lang)
    for lang in T_PROJECTION:
        found = likeness(_texts(data / "t-projection" / f"{lang}.train.txt"), held_out.sentences(data, lang))
        yield row("T-Projection", lang, "all suites", found)
    for path in sorted({path for recipe in taggers.RECIPES.values() for path in recipe.sets}):
        yield _source_set(data, path)
    for lang in corpora.MASAKHANER:
        yield _weights(data, lang)


def _parallel(data: Path, lang: str) -> list[Row]:
    compared = parallel_text.compared(data, lang)
    used = {place.line for place in lexica.stored(lang)}
    sets = {"parallel text": compared, "lexicon": [each for each in compared if each.pair.line in used]}
    return [
        row(name, lang, "all suites; originals", (each.target for each in chosen), (each.source for each in chosen))
        for name, chosen in sets.items()
    ]


def _masakhaner(data: Path, lang: str) -> Iterator[Row]:
    """Each version's sets that a tagger can be trained on, beside what the other, or it, is tested on."""
    texts = {
        (version, split): _texts(data / f"masakhaner{version}" / lang / f"{split}.txt")
        for version in (1, 2)
        for split in ("train", "dev", "test")
    }
    for version, split, tested in ((1, "train", 2), (1, "dev", 2), (1, "test", 2), (2, "train", 1), (2, "train", 2)):
        found = likeness(texts[version, split], chain(texts[tested, "dev"], texts[tested, "test"]))
        yield row(f"MasakhaNER {version}.0 {split}", lang, f"MasakhaNER {tested}.0", found)


def _source_set(data: Path, path: str) -> Row:
    lang = next(lang for lang in taggers.LANGUAGES if f"/{lang}/" in path or f"-{lang}." in path)
    return row(
        path,
        lang,
        "all suites; originals",
        likeness(_texts(data / path), chain(held_out.sentences(data, lang), held_out.originals(data, lang))),
    )


def _weights(data: Path, lang: str) -> Row:
    source = corpora.MASAKHANER[lang]
    others = [other for other, its in corpora.MASAKHANER.items() if its == source and other != lang]
    found = likeness(list(chain.from_iterable(_originals(data, "dev", other) for other in others)), _originals(data, "test", lang))
    return row("weights", lang, "originals of test", [Likeness(0.0, 0.0)] * len(found), found)


def _originals(data: Path, split: str, lang: str) -> list[str]:
    return [each.translation for each in stored_translations.read(data / "translations" / "masakhaner2" / split / f"{lang}.jsonl")]


def _texts(path: Path) -> list[str]:
    return [" ".join(sentence.tokens or ()) for sentence in read_sentences(path)]


def table(found: Sequence[Row]) -> str:
    """The table, for people."""
    return tabulate(found, headers=_HEADS, tablefmt="github", floatfmt=".1f")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and write the page; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    parser = argparse.ArgumentParser(prog="python -m experiments.leaks", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("BOUNDARYBENCH_DATA") or ROOT.parent / "shared" / "data"))
    args = parser.parse_args(arguments)
    try:
        if not args.data.is_dir():
            raise UsageError(f"{args.data}: no such folder; say where the real data is with --data")
        found = []
        for each in rows(args.data):
            log.info("%s %s: %d of %d lines", each.resource, each.language, each.target + each.source + each.containment, each.lines)
            found.append(each)
        sys.stdout.write(table(found) + "\n")
        atomic.write_bytes(ROOT / "docs" / "leaks.md", f"{_ABOUT}\n{table(found)}\n".encode())
    except BoundaryBenchError as error:
        log.error("leaks: %s", error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
