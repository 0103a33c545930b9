"""Run a system over sets and write a submission folder; what failed is counted, and a killed run goes on where it stopped."""

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, pairwise
from pathlib import Path
from typing import Any

import msgspec

from boundarybench import atomic, gzipped
from boundarybench.errors import DataError, GoldUnavailable, UsageError
from boundarybench.gold import load
from boundarybench.schemes import SCHEMES, encode
from boundarybench.spans import offsets
from boundarybench.suites.suite import Suite

from . import stage_budgets
from .about import about, earlier
from .machine import Machine
from .pipeline import Outcome, Pipeline, TargetSet, Watch, failures
from .stages import Shards, alone
from .system import System
from .translation import translator as translation

#: Significant digits of a score. More are noise, and a tenth of a packed file.
SCORE_DIGITS = 4


@dataclass(slots=True)
class RunReport:
    """What a run did, per set (`suite/lang`).

    Attributes:
        sentences: that it was run on.
        failed: those among them that a stage could do nothing with, by stage and reason.
        dropped: mentions of types that the suite does not have, by type.
        without_gold: sets that were left out because their gold is not at hand, and why.
        without_budget: stages whose budget nobody states, so that `system.json` states none.
    """

    sentences: dict[str, int] = field(default_factory=dict)
    failed: dict[str, Counter[str]] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    without_gold: dict[str, str] = field(default_factory=dict)
    without_budget: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every sentence of every set went through."""
        return not any(self.failed.values()) and not self.without_gold


def languages(system: System, suite: str, wanted: Sequence[str] | None) -> list[str]:
    """The languages of a run: those asked for, or all of the suite's mean that the system can do.

    Raises:
        UsageError: no such suite or language, or one that the translator does not cover.
    """
    known = load.suite_of(suite)
    for lang in wanted or ():
        load.check_key(suite, lang)
    chosen = list(wanted or known.headline)
    if system.translator is None:
        return chosen
    uncovered = [lang for lang in chosen if not translation.covers(system.translator, suite, lang)]
    if wanted and uncovered:
        raise UsageError(f"{system.name}: its translator does not cover {', '.join(uncovered)}")
    return [lang for lang in chosen if lang not in uncovered]


def sentences(suite: str, lang: str, limit: int | None) -> TargetSet:
    """The test sentences of a set; the first `limit` of them.

    Raises:
        GoldUnavailable, GoldDiffers: as `boundarybench.gold.load`.
        DataError: the gold at hand has no words.
    """
    gold = load.load(suite, lang)
    words = gold.token_list()
    if words is None:
        raise DataError(f"{suite}/{lang}: the gold at hand has only labels, and a system needs words")
    rows = [words[start:end] for start, end in pairwise(offsets(gold.lengths).tolist())]
    return TargetSet(suite, lang, gold.ids()[:limit], rows[:limit])


def run(
    system: System,
    suites: Sequence[str],
    folder: Path,
    stages: Path,
    machine: Machine,
    *,
    wanted: Sequence[str] | None = None,
    limit: int | None = None,
    command: str,
    watch: Callable[[str, int], Watch],
) -> RunReport:
    """Run `system` over suites and write predictions and `system.json` to `folder`.

    Args:
        system: see `system.load`.
        suites: their names.
        folder: of the submission; its name is the submission's.
        stages: results of stages, and the records of projections.
        machine: what models run on.
        wanted: languages; None takes all of each suite's mean that the system covers and that have gold at hand.
        limit: only so many sentences of each set, for a look; such a folder is no submission.
        command: that does this run again, for `system.json`.
        watch: called for each stage with its name and the number of sentences; gives what is told of progress.

    Raises:
        UsageError: another run writes to `folder`, it holds another system's predictions, a model cannot be loaded.
        NotWritten: `folder` or `stages` cannot be written to.
        GoldUnavailable: a language that was asked for has no gold at hand, or none has.
    """
    report = RunReport()
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file; choose another --out")
    with alone(folder):
        for place in (folder, records(stages, folder)):
            atomic.remove_dead(place.rglob(atomic.TEMPORARY))
        earlier(system, folder)
        targets = _targets(system, suites, wanted, limit, report)
        shards = Shards(stages)
        pipeline = Pipeline(system, shards, machine, watch("", 0))
        for name, stage in pipeline.stages():
            pipeline.watch = watch(name, sum(len(target.ids) for target in targets))
            for target in targets:
                stage(target)
            shards.forget()
        pipeline.watch = watch("", 0)
        began = time.perf_counter()
        for target in targets:
            outcomes = [_within(load.suite_of(target.suite), outcome, report.dropped) for outcome in pipeline.outcomes(target)]
            _write(target, outcomes, folder, records(stages, folder))
            key = f"{target.suite}/{target.lang}"
            report.sentences[key], report.failed[key] = len(outcomes), failures(outcomes)
        sentences = {(target.suite, target.lang): len(target.ids) for target in targets}
        seconds = shards.seconds + time.perf_counter() - began
        said = about(system, folder, sentences, machine, seconds=seconds, dropped=bool(report.dropped), command=command)
        if "budget" not in said:
            report.without_budget = stage_budgets.silent(system) or ("an earlier run into this folder",)
        atomic.write_bytes(folder / "system.json", (json.dumps(said, indent=2) + "\n").encode())
    return report


def records(stages: Path, folder: Path) -> Path:
    """Where the records of the runs into `folder` are: the lock on that folder is theirs too, so no other folder may share them."""
    place = os.path.realpath(folder)
    return stages / "records" / f"{Path(place).name}-{hashlib.sha256(os.fsencode(place)).hexdigest()[:8]}"


def _targets(system: System, suites: Sequence[str], wanted: Sequence[str] | None, limit: int | None, report: RunReport) -> list[TargetSet]:
    """The sentences of all sets; one that was not asked for by name may lack gold, which goes into the report."""
    found = []
    for suite in suites:
        for lang in languages(system, suite, wanted):
            try:
                found.append(sentences(suite, lang, limit))
            except GoldUnavailable as error:
                if wanted:
                    raise
                report.without_gold[f"{suite}/{lang}"] = str(error)
    if not found:
        raise GoldUnavailable("\n".join(report.without_gold.values()) or f"{system.name}: covers no language of {', '.join(suites)}")
    return found


def _within(suite: Suite, outcome: Outcome, dropped: Counter[str]) -> Outcome:
    """The outcome without mentions of types that the suite does not have, which are counted."""
    types = suite.types
    if types is None or all(entity.type in types for entity in outcome.entities):
        return outcome
    kept = [entity.type in types for entity in outcome.entities]
    dropped.update(entity.type for entity in outcome.entities if entity.type not in types)
    scores = outcome.scores and list(compress(outcome.scores, kept))
    return replace(outcome, entities=list(compress(outcome.entities, kept)), scores=scores)


def _write(target: TargetSet, outcomes: Sequence[Outcome], folder: Path, records: Path) -> None:
    """Write the prediction file of a set, and what became of its source entities."""
    lines = []
    for id_, sentence, outcome in zip(target.ids, target.sentences, outcomes, strict=True):
        line: dict[str, Any] = {"id": id_, "tags": encode(outcome.entities, len(sentence), SCHEMES["IOB2"])}
        if outcome.scores is not None:
            line["scores"] = [float(f"{score:.{SCORE_DIGITS}g}") for score in outcome.scores]
        lines.append(json.dumps(line) + "\n")
    predictions = folder / target.suite / f"{target.lang}.jsonl"
    _replace(predictions, "".join(lines).encode())
    predictions.with_name(predictions.name + gzipped.SUFFIX).unlink(missing_ok=True)  # an earlier run's, packed since
    told = [{"id": id_} | outcome.record for id_, outcome in zip(target.ids, outcomes, strict=True) if outcome.record is not None]
    if told:
        _replace(records / target.suite / f"{target.lang}.jsonl", b"".join(msgspec.json.encode(line) + b"\n" for line in told))


def _replace(path: Path, data: bytes) -> None:
    with atomic.making(path.parent):
        atomic.write_bytes(path, data)
