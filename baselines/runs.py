"""Run a system over sets and write a submission folder; what failed is counted, and a killed run goes on where it stopped."""

import json
import platform
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from benchmark import atomic
from benchmark.errors import DataError, UsageError
from benchmark.gold import load, manifest
from benchmark.protocol import SUITES
from benchmark.schemes import SCHEMES, encode
from benchmark.spans import offsets

from . import system as systems
from .machine import Machine, commit
from .pipeline import Outcome, Pipeline, TargetSet, Watch, failures
from .stages import alone
from .system import System
from .translation import stage as translation


@dataclass(slots=True)
class Report:
    """What a run did: sentences, and those that failed by stage and reason, per set (`suite/lang`)."""

    sentences: dict[str, int] = field(default_factory=dict)
    failed: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def any_failed(self) -> bool:
        """Whether a sentence failed anywhere."""
        return any(self.failed.values())


def languages(system: System, suite: str, wanted: Sequence[str] | None) -> list[str]:
    """The languages of a run: those asked for, or all of the suite's mean that the system can do.

    Raises:
        UsageError: no such suite or language, or one that the translator does not cover.
    """
    if suite not in SUITES:
        raise UsageError(f"unknown suite {suite!r}: choose from {', '.join(SUITES)}")
    for lang in wanted or ():
        load.check_key(suite, lang)
    chosen = list(wanted or SUITES[suite].headline)
    if system.translator is None:
        return chosen
    uncovered = [lang for lang in chosen if not translation.covers(system.translator, suite, lang)]
    if wanted and uncovered:
        raise UsageError(f"{system.name}: its translator does not cover {', '.join(uncovered)}")
    return [lang for lang in chosen if lang not in uncovered]


def sentences(suite: str, lang: str, limit: int | None) -> TargetSet:
    """The test sentences of a set; the first `limit` of them.

    Raises:
        GoldUnavailable, GoldDiffers: as `benchmark.gold.load`.
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
    sets: Sequence[tuple[str, str]],
    folder: Path,
    stages: Path,
    machine: Machine,
    *,
    limit: int | None = None,
    watch: Callable[[str, int], Watch],
) -> Report:
    """Run `system` over sets (suite, language) and write predictions and `system.json` to `folder`.

    Args:
        system: see `system.load`.
        sets: pairs of suite and language.
        folder: of the submission; its name is the submission's.
        stages: results of stages, and the records of projections.
        machine: what models run on.
        limit: only so many sentences of each set, for a look; such a folder is no submission.
        watch: called for each stage with its name and the number of sentences; gives what is told of progress.

    Raises:
        UsageError: another run writes to `folder`, or a model cannot be loaded.
    """
    report = Report()
    with alone(folder):
        for half_written in folder.rglob(".*.tmp") if folder.exists() else ():
            half_written.unlink()
        targets = [sentences(suite, lang, limit) for suite, lang in sets]
        seconds = 0.0
        pipeline = Pipeline(system, stages, machine, watch("", 0))
        for name, stage in pipeline.stages():
            pipeline.watch = watch(name, sum(len(target.ids) for target in targets))
            for target in targets:
                stage(target)
            seconds += pipeline.forget()
        pipeline.watch = watch("", 0)
        for target in targets:
            outcomes = pipeline.outcomes(target)
            _write(target, outcomes, folder, stages / "records" / folder.name)
            key = f"{target.suite}/{target.lang}"
            report.sentences[key], report.failed[key] = len(outcomes), failures(outcomes)
        hours = _hours(folder, seconds)
        about = _about(system, folder.name, sets, machine, hours)
        atomic.write_bytes(folder / "system.json", (json.dumps(about, indent=2) + "\n").encode())
    return report


def _write(target: TargetSet, outcomes: Sequence[Outcome], folder: Path, records: Path) -> None:
    """Write the prediction file of a set, and what became of its source entities."""
    lines = []
    for id_, sentence, outcome in zip(target.ids, target.sentences, outcomes, strict=True):
        line: dict[str, Any] = {"id": id_, "tags": encode(outcome.entities, len(sentence), SCHEMES["IOB2"])}
        if outcome.scores is not None:
            line["scores"] = [round(score, 6) for score in outcome.scores]
        lines.append(json.dumps(line) + "\n")
    _replace(folder / target.suite / f"{target.lang}.jsonl", "".join(lines).encode())
    told = [{"id": id_} | outcome.record for id_, outcome in zip(target.ids, outcomes, strict=True) if outcome.record is not None]
    if told:
        _replace(records / target.suite / f"{target.lang}.jsonl", b"".join(msgspec.json.encode(line) + b"\n" for line in told))


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, data)


def _hours(folder: Path, seconds: float) -> float:
    """Hours of computing, those of earlier runs that this one goes on from among them."""
    try:
        before = json.loads((folder / "system.json").read_text("utf-8"))["wall_time_hours"]
    except (OSError, ValueError, KeyError):
        before = 0.0
    return float(round(before + seconds / 3600, 4))


def _about(system: System, name: str, sets: Sequence[tuple[str, str]], machine: Machine, hours: float) -> dict[str, Any]:
    """The submission's `system.json`."""
    translator, aligner = system.translator, system.aligner
    encoder = system.target_tagger or system.source_tagger
    return {
        "name": name,
        "description": system.description,
        "authors": list(system.authors),
        "family": system.family,
        "tracks": {"default": system.track},
        "facets": {
            "source_languages": ["en"],
            "source_data": list(system.source_data),
            "encoder": encoder.model if encoder else None,
            "translation_model": None if translator is None else translator.model or translator.path or "the suite's English side",
            "parallel_data": [],
            "aligner": None if aligner is None else " ".join(filter(None, [aligner.method, aligner.model])),
            "projection_on": None if translator is None else "test",
            "ensemble_size": 1,
            "open": True,
        },
        "models": _models(system, sets),
        "training_data": list(system.training_data),
        "seed": None,
        "hardware": _hardware(machine, system),
        "wall_time_hours": hours,
        "mentions_outside_types": _outside(system),
        "selection": system.selection,
        "gold": {
            f"{suite}/{lang}": pin.structure for suite, lang in sets if (pin := manifest.pins().get(manifest.key(suite, lang, "test")))
        },
        "reproduce": f"boundarybench run {system.name} --suite {' '.join(dict.fromkeys(suite for suite, _ in sets))} --out {name}",
    }


def _models(system: System, sets: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Every checkpoint once, with what it was at the time of the run."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for settings in (
        system.translator,
        system.source_tagger,
        system.aligner,
        system.target_tagger,
        system.back_translation,
        system.translation_score,
    ):
        template = getattr(settings, "model", None)
        if settings is None or template is None:
            continue
        for model in dict.fromkeys(template.replace("{suite}", suite).replace("{lang}", lang) for suite, lang in sets):
            identity = commit(model, settings.revision)
            shown = Path(model).name if Path(model).exists() else model
            found.setdefault((model, identity), {"name": shown, "revision": identity, "licence": settings.licence})
    return list(found.values())


def _outside(system: System) -> str:
    """When MISC is dropped, as `system.json` says it."""
    tagger = system.source_tagger or system.target_tagger
    if tagger is None:
        return "none"
    drops: Mapping[str, str] = tagger.types
    return "dropped-before-matching" if "O" in drops.values() else "none"


def _hardware(machine: Machine, system: System) -> str:
    neural = any(getattr(getattr(system, stage), "model", None) for stage in ("translator", "source_tagger", "aligner", "target_tagger"))
    if neural:
        device = machine.torch_device()
        if device.type == "cuda":
            import torch

            return torch.cuda.get_device_name(device)
    return f"CPU, {platform.machine()}"


def names() -> list[str]:
    """The systems that come with the benchmark."""
    return systems.names()
