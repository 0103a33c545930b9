"""The reference rows of the board, from real data: `python -m experiments.reference_rows`, or `make reference-rows`.

Taggers are trained, translations and lexica written (below `WORK`, where the system files look for them), links read from the store or
aligned anew, and every system is run as `boundarybench run` does. From the stored links on, predictions are the same to the
byte; the committed rows are older than the rounding of scores to four digits and have six decimals.
"""

import argparse
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from boundarybench import atomic, gzipped
from boundarybench.columns import read_bytes
from boundarybench.errors import BoundaryBenchError, UsageError
from boundarybench_baselines import runs, system
from boundarybench_baselines.alignment import statistical
from boundarybench_baselines.cli import run as cli_run
from boundarybench_baselines.machine import Machine
from boundarybench_baselines.translation import stored_translations, word_splitting

from . import corpora, corpus_links, gold_mentions, lexica, lexicon_choice, machine_translations, parallel_text, taggers
from .projection_report import ROOT
from .row_systems import system_file

log = logging.getLogger("boundarybench")

#: Where the system files look for taggers, translations and lexica.
WORK = Path("build/reference")

#: The rows: systems, and the languages by suite that each is run on; None takes all of the suite's mean. What needs parallel text also
#: reads the two languages of PAN-X that have some: the same languages, from another domain.
_ALL: Mapping[str, Sequence[str] | None] = {"masakhaner2": tuple(parallel_text.SOURCES), "xtreme": None}
_OTHERS = ("masakhaner1", "uner-pud", "europarl", "e3c", "sample")
_WITH_TEXT = {"masakhaner2": tuple(parallel_text.SOURCES), "xtreme": tuple(parallel_text.PANX)}
_HUMAN = {"masakhaner2": tuple(corpora.MASAKHANER)}
_MACHINE = {"masakhaner2": tuple(machine_translations.CHOSEN_ON)}
ROWS: Mapping[str, Mapping[str, Sequence[str] | None]] = {
    "trivial-short-sentences": _ALL,
    "capitals-rule": {**_ALL, **dict.fromkeys(_OTHERS)},
    "scratch-transfer-conll": _ALL,
    "scratch-transfer-panx": _ALL,
    "scratch-transfer-news": _WITH_TEXT,
    "scratch-projection-human": _HUMAN,
    "scratch-projection-human-heuristic": _HUMAN,
    "scratch-projection-human-ngrams": _HUMAN,
    "scratch-projection-human-gold-mentions": _HUMAN,
    "scratch-projection-mt": _MACHINE,
    "scratch-projection-mt-heuristic": _MACHINE,
    "scratch-projection-gloss": _WITH_TEXT,
    "scratch-projection-gloss-heuristic": _WITH_TEXT,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the rows; the exit code."""
    log.handlers, log.level = [logging.StreamHandler()], logging.INFO  # as `boundarybench` has them, which sets them again
    args = _parser().parse_args(arguments)
    try:
        if not args.data.is_dir():
            raise UsageError(f"{args.data}: no such folder; say where the real data is with --data")
        # Gold is read from the same folder, and the system files name places below the repository.
        os.environ["BOUNDARYBENCH_DATA"] = str(args.data.resolve())
        os.chdir(ROOT)
        prepare(args.data.resolve())
        if not args.prepare:
            for name in args.only or ROWS:
                make(name)
    except BoundaryBenchError as error:
        log.error("reference_rows: %s", error)
        return error.exit_code
    except ModuleNotFoundError as error:
        log.error("reference_rows: %s: pip install '.[reference]' (and '.[eflomal]' where links are not stored)", error)
        return UsageError.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m experiments.reference_rows", description=__doc__)
    data = Path(os.environ.get("BOUNDARYBENCH_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=data, help="the folder of real data (default: BOUNDARYBENCH_DATA, or ../shared/data)")
    parser.add_argument("--only", nargs="+", metavar="SYSTEM", choices=ROWS, help="only these rows")
    parser.add_argument("--prepare", action="store_true", help="only make what the systems need, and run none")
    return parser


def prepare(data: Path) -> None:
    """Make whatever the system files name that is not there yet."""
    for name in taggers.RECIPES:
        taggers.made(data, WORK, name)
    for lang in corpora.MASAKHANER:
        _once(WORK / "human" / f"{lang}.jsonl", partial(_copy, data / "translations" / "masakhaner2" / "test" / f"{lang}.jsonl"))
        _once(WORK / "gold-mentions" / f"{lang}.jsonl", partial(gold_mentions.write, data, lang))
    for lang in machine_translations.CHOSEN_ON:
        _once(WORK / "mt" / f"{lang}.jsonl", partial(_translate, data, lang))
        _once(corpus_links.STORE / f"masakhaner2-{lang}-test-mt.reverse.gz", partial(_align, data, lang))
    for lang in parallel_text.SOURCES:
        stored = lexica.STORE / f"{lang}.gz"
        _once(stored, partial(_learn, data, lang))
        _once(WORK / "lexica" / f"{lang}.tsv", partial(lexica.restore, data, lang), of=stored)
    for lang, code in parallel_text.PANX.items():
        made = WORK / "lexica" / f"{code}.tsv"
        _once(WORK / "lexica" / f"{lang}.tsv", partial(_copy, made), of=made)


def make(name: str) -> None:
    """Run a system and put the result in place of its row.

    Raises:
        UsageError: the system or one of its models cannot be read.
    """
    began = time.monotonic()
    log.info("== %s", name)
    made, folder = WORK / "submissions" / name, Path("submissions") / name
    shutil.rmtree(made, ignore_errors=True)
    command = f"python -m experiments.reference_rows --only {name}"
    for suite, langs in ROWS[name].items():
        report = runs.run(
            system.load(system_file(name)), [suite], made, WORK / "stages", Machine(), wanted=langs, command=command, watch=cli_run.Progress
        )
        cli_run.tell(report, made, None)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, folder, copy_function=_packing)
    log.info("== %s: %.0f seconds", name, time.monotonic() - began)


def _once(path: Path, make_it: Callable[[Path], object], of: Path | None = None) -> None:
    """Make a file that is not there, or is older than what it is made `of`."""
    if not path.exists() or (of and path.stat().st_mtime < of.stat().st_mtime):
        log.info("making %s", path)
        make_it(path)


def _packing(source: str, target: str) -> None:
    """Copy a file; of predictions, packed, as the rows are committed."""
    data = Path(source).read_bytes()
    if source.endswith(".jsonl"):
        atomic.write_bytes(Path(target + gzipped.SUFFIX), gzipped.pack(data))
    else:
        atomic.write_bytes(Path(target), data)


def _copy(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, read_bytes(source))


def _translate(data: Path, lang: str, path: Path) -> None:
    on = machine_translations.CHOSEN_ON[lang]
    best, *_ = found = machine_translations.qualities(data, on)
    log.info("%s: translation systems on dev sentences of %s (chrF, BLEU):", lang, on)
    for each in found:
        log.info("  %-24s %5.1f %5.1f", each.system, each.chrf, each.bleu)
    machine_translations.write(data, lang, "test", best.system, path)


def _align(data: Path, lang: str, _: Path) -> None:
    """Align the machine translations of a test set, together with parallel text that has no human translation of it."""
    test = runs.sentences("masakhaner2", lang, None)
    translations = {each.id: each for each in stored_translations.read(WORK / "mt" / f"{lang}.jsonl")}
    pairs = [
        (word_splitting.split(translations[id_].translation, translations[id_].source_lang), target)
        for id_, target in zip(test.ids, test.sentences, strict=True)
        if id_ in translations
    ]
    found = statistical.align(pairs, [pair.words(lang) for pair in parallel_text.unseen(data, lang)])
    corpus_links.store(f"masakhaner2-{lang}-test-mt", found)


def _learn(data: Path, lang: str, _: Path) -> None:
    lexicon_choice.make(data, WORK, lang)


if __name__ == "__main__":
    sys.exit(main())
