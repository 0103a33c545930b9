"""Where the points go: stages substituted one at a time, docs/reference-stages.md. `make reference-stages`, after `make reference-rows`.

Every line is a run of a reference system with one thing changed. The second table follows each gold entity of the test sentences that
have a human translation through the stages, by the records of the run.
"""

import json
import logging
import os
import re
import shutil
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from tabulate import tabulate

from boundarybench import atomic
from boundarybench.cli.main import main as boundarybench
from boundarybench.errors import BoundaryBenchError, UsageError
from boundarybench.gold.load import load
from boundarybench.protocol import TYPES
from boundarybench.schemes import Span, decode
from boundarybench_baselines import runs
from boundarybench_baselines.alignment import stored_links
from boundarybench_baselines.translation import stored_translations

from . import corpora, corpus_links, gold_mentions, machine_translations
from .projection_figures import score_of
from .projection_report import ROOT
from .reference_rows import WORK, prepare
from .row_systems import system_file

log = logging.getLogger("boundarybench")

_SUITE = "masakhaner2"
_HUMAN = tuple(corpora.MASAKHANER)
_MACHINE = tuple(machine_translations.CHOSEN_ON)


class Line(NamedTuple):
    """A run: what is in place, of which system with which changes. The first line of a block is what the others are compared with."""

    what: str
    system: str
    changes: tuple[str, ...] = ()


class Block(NamedTuple):
    """Runs over the same sentences of the same languages."""

    title: str
    langs: tuple[str, ...]
    lines: tuple[Line, ...]


BLOCKS = (
    Block(
        "Translation: the three languages with machine translations (the sentences that have both)",
        _MACHINE,
        (
            Line("machine translation", "scratch-projection-mt"),
            Line("human translation", "scratch-projection-human-as-mt"),
            Line("word-by-word translation, of all sentences", "scratch-projection-gloss"),
        ),
    ),
    Block(
        "Translation: all ten languages with human translations",
        _HUMAN,
        (
            Line("human translation", "scratch-projection-human"),
            Line("word-by-word translation, of all sentences", "scratch-projection-gloss"),
        ),
    ),
    Block(
        "Mentions, links and matching, from human translations",
        _HUMAN,
        (
            Line("CRF mentions, links intersected, recommended matching", "scratch-projection-human"),
            Line("mentions: projected from gold", "scratch-projection-human-gold-mentions"),
            *(
                Line(f"links: {links}", "scratch-projection-human", (f"aligner.symmetrise={links}",))
                for links in ("forward", "reverse", "grow-diag-final-and", "union")
            ),
            *(
                Line(f"matching: {what}", "scratch-projection-human", (f"projection.method={method}",))
                for what, method in (
                    ("published heuristic", "published-heuristic"),
                    ("greedy on link scores", "greedy"),
                    ("exact on link scores", "exact"),
                )
            ),
            Line("matching: recommended scores, greedy", "scratch-projection-human", ("projection.solver=greedy",)),
            Line("matching: recommended scores, no abstention", "scratch-projection-human", ("projection.abstain=0",)),
        ),
    ),
)


class Figures(NamedTuple):
    """Means over languages, in per cent."""

    bp50: float
    precision: float
    recall: float
    f1: float


def main() -> int:
    """Write the page; the exit code."""
    data = Path(os.environ.get("BOUNDARYBENCH_DATA") or ROOT.parent / "shared" / "data").resolve()
    os.environ["BOUNDARYBENCH_DATA"] = str(data)
    os.chdir(ROOT)
    try:
        prepare(data)
        for lang in _MACHINE:
            _human_as_machine(lang)
        parts = [_HEAD]
        for block in BLOCKS:
            parts += [f"## {block.title}\n", _table(block), ""]
        parts += ["## Where gold entities are lost, from human translations\n", _FATES, _lost(data), ""]
        atomic.write_bytes(ROOT / "docs" / "reference-stages.md", "\n".join(parts).encode())
    except BoundaryBenchError as error:
        log.error("stage_losses: %s", error)
        return error.exit_code
    return 0


_HEAD = """\
<!-- Written by `make reference-stages`; do not edit. What it says is in findings.md. -->
# Reference rows: where the points go

Stages are substituted one at a time. Means over the languages, in per cent, over all test sentences (those without a translation have no
entities); behind each figure how far it is from the first line of its table. Lines in which human translations or gold entities enter
are `oracle`.
"""
_FATES = """\
Each gold entity that is not found with its exact boundaries is counted at the first stage where it went astray, in per cent of all gold
entities: `no translation` of the sentence; `not carried`: the links lead from the entity to no place in the translation, so that nothing
can be said of its mention; `not tagged`: no mention overlaps that place; `other mention`: one does, with other boundaries; then, where the
mention is the one that gold gives: `no link` back, `below` the threshold, `lost` to others, or `misplaced`.
"""


def _human_as_machine(lang: str) -> None:
    """Write the human translations of the sentences that have a machine translation; the links are those of all human ones."""
    machine = {each.id for each in stored_translations.read(WORK / "mt" / f"{lang}.jsonl")}
    kept = [each for each in stored_translations.read(WORK / "human" / f"{lang}.jsonl") if each.id in machine]
    folder = WORK / "human-as-mt"
    folder.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(folder / f"{lang}.jsonl", b"".join(msgspec.json.encode(each) + b"\n" for each in kept))
    stored_links.store(
        folder / f"{lang}-links",
        [
            links_
            for each, links_ in zip(
                stored_translations.read(WORK / "human" / f"{lang}.jsonl"), corpus_links.load(f"masakhaner2-{lang}-test"), strict=True
            )
            if each.id in machine
        ],
    )


def _table(block: Block) -> str:
    rows: list[list[str]] = []
    base: Figures | None = None
    for line in block.lines:
        found = _figures(_run(line, block.langs), block.langs)
        base = base or found
        behind = zip(found, base, strict=True)
        rows.append([line.what, *(f"{here:.1f}" + (f" ({here - there:+.1f})" if found is not base else "") for here, there in behind)])
    return tabulate(rows, headers=["", "BP@50", "BP", "BR", "F1"], tablefmt="github", disable_numparse=True)


def _run(line: Line, langs: Sequence[str]) -> Path:
    """The predictions of a run; the stages that it shares with the rows are there already."""
    changes = [word for change in line.changes for word in ("--set", change)]
    name = "-".join([line.system, *(re.sub(r"\W+", "-", change.rpartition("=")[2]).strip("-") for change in line.changes)])
    folder = WORK / "substituted" / name
    shutil.rmtree(folder, ignore_errors=True)
    told = ["--suite", _SUITE, "--lang", *langs, "--stages", str(WORK / "stages"), "--out", str(folder)]
    if boundarybench(["run", system_file(line.system), *changes, *told]) not in (0, 1):  # 1: sentences without a translation
        raise UsageError(f"{line.system}: the run was refused")
    return folder


def _figures(folder: Path, langs: Sequence[str]) -> Figures:
    found = []
    for lang in langs:
        figures = score_of(folder / _SUITE / f"{lang}.jsonl", load(_SUITE, lang)).figures
        found.append(tuple(figures[name] for name in ("bp50", "boundary.precision", "boundary.recall", "boundary.f1")))
    return Figures(*(100 * statistics.mean(each for each in column if each is not None) for column in zip(*found, strict=True)))


def _lost(data: Path) -> str:
    folder = WORK / "substituted" / "scratch-projection-human"
    rows, total = [], Counter[str]()
    for lang in corpora.MASAKHANER:
        counts = _fates(data, lang, folder)
        total += counts
        rows.append([lang, *_shares(counts)])
    return tabulate([*rows, ["all", *_shares(total)]], headers=["", "entities", *_STEPS], tablefmt="github", floatfmt=".1f")


_STEPS = ("found", "no translation", "not carried", "not tagged", "other mention", "no link", "below", "lost", "misplaced")


def _shares(counts: Counter[str]) -> list[float | int]:
    whole = counts.total()
    return [whole, *(100 * counts[step] / whole for step in _STEPS)]


def _fates(data: Path, lang: str, folder: Path) -> Counter[str]:
    """How many gold entities of a language met which fate."""
    predicted = {line["id"]: {span[:2] for span in decode(line["tags"])} for line in _lines(folder / _SUITE / f"{lang}.jsonl")}
    records = {line["id"]: line for line in _lines(runs.records(WORK / "stages", folder) / _SUITE / f"{lang}.jsonl")}
    sentences = {sentence.id: sentence for sentence in gold_mentions.carried(data, lang)}
    counts: Counter[str] = Counter()
    for index, gold in enumerate(corpora.masakhaner_gold(data, lang, "test")):
        id_ = f"{lang}-{index:05}"
        for entity in (span for span in decode(gold.tags) if span.type in TYPES):
            if entity[:2] in predicted[id_]:
                counts["found"] += 1
            elif id_ not in sentences:
                counts["no translation"] += 1
            else:
                place = sentences[id_].source[sentences[id_].gold.index(entity)]
                counts[_step(place, records[id_].get("entities", []))] += 1
    return counts


def _step(place: Span | None, mentions: Sequence[dict[str, Any]]) -> str:
    if place is None:
        return "not carried"
    over = [each for each in mentions if each["start"] < place.end and place.start < each["end"]]
    if not over:
        return "not tagged"
    same = [each for each in over if (each["start"], each["end"]) == place[:2]]
    if not same:
        return "other mention"
    return {"no-link": "no link", "below-threshold": "below", "lost": "lost"}.get(str(same[0]["fate"]), "misplaced")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


if __name__ == "__main__":
    sys.exit(main())
