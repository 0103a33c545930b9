"""How lexica are learnt, chosen without labels: by how near word-by-word translations of dev sentences come to their human originals.

`python -m experiments.lexicon_choice` prints the table behind `lexica.CHOSEN`; it needs the links of the parallel text, which
eflomal makes (a minute per language) and the work folder keeps.
"""

import argparse
import hashlib
import logging
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from boundarybench.errors import BoundaryBenchError
from boundarybench.protocol import sentence_id
from boundarybench_baselines.alignment import statistical, stored_links
from boundarybench_baselines.alignment.statistical import Directions
from boundarybench_baselines.translation import gloss, stored_translations

from . import corpora, lexica, parallel_text
from .parallel_text import Pair
from .projection_report import ROOT

log = logging.getLogger("boundarybench")


def make(data: Path, work: Path, lang: str) -> None:
    """Learn the lexicon of a language as chosen, and keep where its entries stand."""
    pairs, links = aligned(data, work, lang)
    lexica.store(lang, lexica.learn(pairs, [pair.words(lang) for pair in pairs], links, lexica.CHOSEN))


def aligned(data: Path, work: Path, lang: str) -> tuple[list[Pair], list[Directions]]:
    """The parallel text that may be learnt from, and its links, which are made where the work folder does not have them."""
    pairs = parallel_text.unseen(data, lang)
    # By the pairs that they are of: links of other text are never taken for them.
    name = f"{lang}-{hashlib.sha256(repr(pairs).encode()).hexdigest()[:16]}"
    path = work / "lexicon-links" / name
    if not path.with_name(f"{name}.reverse.gz").exists():
        log.info("aligning %d sentence pairs of %s", len(pairs), lang)
        # Counts of whole sets need no average over chains; one is three times as fast.
        stored_links.store(path, statistical.align([pair.words(lang) for pair in pairs], samplers=1))
    return pairs, stored_links.load(path)


def table(data: Path, work: Path) -> str:
    """ChrF of the dev sentences of ten languages, by settings; and how many pairs of each language were left out."""
    from sacrebleu.metrics.chrf import CHRF

    scores: dict[lexica.LexiconSettings, list[float]] = {settings: [] for settings in lexica.GRID}
    for lang in corpora.MASAKHANER:
        pairs, links = aligned(data, work, lang)
        words = [pair.words(lang) for pair in pairs]
        by_line = {pair.line: each for pair, each in zip(pairs, words, strict=True)}
        gold = {
            sentence_id(lang, index): sentence.tokens or () for index, sentence in enumerate(corpora.masakhaner_gold(data, lang, "dev"))
        }
        originals = stored_translations.read(data / "translations" / "masakhaner2" / "dev" / f"{lang}.jsonl")
        for settings, found in scores.items():
            lexicon = lexica.lexicon(lexica.learn(pairs, words, links, settings), by_line)
            texts = [" ".join(gloss.translate(gold[each.id], lexicon).words) for each in originals]
            found.append(CHRF().corpus_score(texts, [[each.translation for each in originals]]).score)
        log.info("%s: %d pairs; %s", lang, len(pairs), " ".join(f"{found[-1]:.1f}" for found in scores.values()))
    rows = [[*settings, *found, statistics.mean(found)] for settings, found in scores.items()]
    return tabulate(rows, headers=["links", "longest", "least", *corpora.MASAKHANER, "mean"], tablefmt="github", floatfmt=".1f")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    parser = argparse.ArgumentParser(prog="python -m experiments.lexicon_choice", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("BOUNDARYBENCH_DATA") or ROOT.parent / "shared" / "data"))
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "reference")
    args = parser.parse_args(arguments)
    try:
        sys.stdout.write(table(args.data, args.work) + "\n")
    except BoundaryBenchError as error:
        log.error("lexicon_choice: %s", error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
