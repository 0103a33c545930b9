"""The `system.json` of a run: what a system says of itself, and what it was at the time of the run."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import msgspec

from boundarybench.errors import UsageError
from boundarybench.submission.budget import Budget, together
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pinned

from . import stage_budgets
from .machine import Machine, commit, shown
from .system import System
from .tagging.tagger import CRF_FILE


class _Earlier(msgspec.Struct):
    """What a run keeps of an earlier run's `system.json`.

    Family, facets and selection must not differ between two runs into one folder: else its files would be of different systems.
    """

    family: str
    facets: dict[str, Any]
    selection: str
    tracks: dict[str, str] = {}
    budget: Budget | None = None
    models: list[dict[str, Any]] = []
    wall_time_hours: float = 0.0
    mentions_outside_types: str = "none"
    gold: dict[str, str] = {}


def about(
    system: System,
    folder: Path,
    sentences: stage_budgets.Sentences,
    machine: Machine,
    *,
    seconds: float,
    dropped: bool,
    command: str,
) -> dict[str, Any]:
    """The object; what an earlier run into `folder` said of other sets is kept.

    Args:
        system: that was run.
        folder: of the submission.
        sentences: how many of each set that was run.
        machine: that models ran on.
        seconds: of computing in this run; stages that it found done were not its own.
        dropped: whether mentions of types that the suite does not have were left out of the predictions.
        command: that does this run again.

    Raises:
        UsageError: `folder` holds predictions of another system.
    """
    before, sets = earlier(system, folder), tuple(sentences)
    models = [*before.get("models", []), *_models(system, sets)]
    quoted = {f"{suite}/{lang}": pin.structure for suite, lang in sets if suite in packaged() and (pin := pinned(suite, lang))}
    return {
        "name": folder.name,
        "description": system.description,
        "authors": list(system.authors),
        "family": system.family,
        "tracks": before.get("tracks", {}) | {"default": system.track} | dict.fromkeys(_supervised(system, sets), "supervised"),
        "facets": facets(system),
        "models": [model for place, model in enumerate(models) if model not in models[:place]],
        "training_data": list(system.training_data),
        **_budget(system, sentences, before),
        "seed": None,
        "hardware": _hardware(machine, system),
        "wall_time_hours": round(before.get("wall_time_hours", 0.0) + seconds / 3600, 4),
        "mentions_outside_types": _outside(system, dropped=dropped or before.get("mentions_outside_types") == "dropped-after-matching"),
        "selection": system.selection,
        "gold": before.get("gold", {}) | quoted,
        "reproduce": command,
    }


def _budget(system: System, sentences: stage_budgets.Sentences, before: Mapping[str, Any]) -> dict[str, Any]:
    """The budget, of an earlier run too; without the field where either is not known: that states nothing, which is always true."""
    found = stage_budgets.of(system, sentences)
    said = before.get("budget", Budget())
    return {} if found is None or said is None else {"budget": msgspec.to_builtins(together([said, found]))}


def earlier(system: System, folder: Path) -> dict[str, Any]:
    """What an earlier run wrote to `folder`; nothing if there was none.

    Raises:
        UsageError: it was of another system, or its `system.json` is broken.
    """
    path = folder / "system.json"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Earlier)
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UsageError(f"{path}: broken; remove it, or choose another folder with --out") from None
    said = msgspec.structs.asdict(found)
    now = {"family": system.family, "facets": facets(system), "selection": system.selection}
    if differing := [name for name, value in now.items() if said[name] != value]:
        raise UsageError(f"{folder}: holds another system's predictions (other {', '.join(differing)}); remove it, or choose another --out")
    return said


def facets(system: System) -> dict[str, Any]:
    """The facets that the board sorts and pairs systems by."""
    translator, aligner = system.translator, system.aligner
    encoder = system.target_tagger or system.source_tagger
    return {
        "source_languages": list(system.source_languages),
        "source_data": list(system.source_data),
        "encoder": encoder and (encoder.about or (encoder.model and shown(encoder.model))),
        "translation_model": translator and (translator.about or translator.model or "the suite's English side"),
        "parallel_data": list(system.parallel_data),
        "aligner": aligner and (aligner.about or " ".join(filter(None, [aligner.method, aligner.model and shown(aligner.model)]))),
        "projection_on": "test" if translator else None,
        "ensemble_size": 1,
        **({"transductive": True} if system.transductive else {}),
        "open": system.open,
    }


def _supervised(system: System, sets: Sequence[tuple[str, str]]) -> list[str]:
    """The pairs whose labels were used, to train or to choose."""
    return [f"{suite}/{lang}" for suite, lang in sets if lang in system.source_languages or f"{suite}/{lang}" in system.supervised]


def _stages(system: System) -> Iterator[Any]:
    return (settings for name in stage_budgets.STAGES if (settings := getattr(system, name)) is not None)


def _models(system: System, sets: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Every checkpoint once, with what it was at the time of the run."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for settings in _stages(system):
        if settings.model is None:
            continue
        for model in dict.fromkeys(_named(settings.model, *names) for names in product(sets, system.source_languages or [""])):
            identity = commit(model, settings.revision)
            found.setdefault((model, identity), {"name": shown(model), "revision": identity, "licence": settings.licence})
    return list(found.values())


def _named(model: str, key: tuple[str, str], source: str) -> str:
    return model.replace("{suite}", key[0]).replace("{lang}", key[1]).replace("{source}", source)


def _outside(system: System, *, dropped: bool) -> str:
    """When mentions of other types were dropped."""
    tagger = system.source_tagger or system.target_tagger
    types: Mapping[str, str] = tagger.types if tagger else {}
    if "O" in types.values():
        return "dropped-before-matching"
    return "dropped-after-matching" if dropped else "none"


def _hardware(machine: Machine, system: System) -> str:
    sources = system.source_languages or ("",)
    models = [_named(settings.model, ("", ""), sources[0]) for settings in _stages(system) if settings.model is not None]
    neural = any(not (Path(model) / CRF_FILE).is_file() for model in models)
    if neural and machine.torch_device().type == "cuda":
        import torch

        return torch.cuda.get_device_name(machine.torch_device())
    return f"CPU, {platform.machine()}"
