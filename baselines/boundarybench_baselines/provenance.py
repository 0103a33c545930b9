"""Where models come from is not inherited: whoever changes a model says whose it is, or the model card in its folder does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundarybench.errors import UsageError

from .tagging import model_card
from .tagging.model_card import CardFacts

_OF_EACH = ("description", "open", "training_data")
_OF_TAGGER = (*_OF_EACH, "source_languages", "source_data")
_OF_PARALLEL = (*_OF_EACH, "parallel_data")
#: The stages that have models or files, and what a system says of itself that is no longer so when they have others.
_STAGES = {
    "target_tagger": _OF_TAGGER,
    "source_tagger": _OF_TAGGER,
    "translator": _OF_PARALLEL,
    "aligner": _OF_PARALLEL,
    "back_translation": _OF_EACH,
    "translation_score": _OF_EACH,
}
#: What a stage says of its own model or file.
_OF_STAGE = ("licence", "revision", "about", "budget")
#: How a value is given to --set, by the last part of its name; others are lists.
_SHAPES = {"description": "'...'", "licence": "'...'", "about": "'...'", "open": "true|false"}


@dataclass(frozen=True, slots=True)
class _Unstated:
    """In place of an inherited value: `stage` has another model than the one that it was said of."""

    stage: str


def cleared(base: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a system without what is not so of the one above: what that states itself then goes over the result.

    Args:
        base: the values of the system that is built on.
        above: those values with what a file or --set changes in them.
    """
    found = dict(base)
    for stage, fields in _STAGES.items():
        before, now = _table(base, stage), _table(above, stage)
        added = _identity(before) == (None, None)
        alike = [_table(base, other) for other, theirs in _STAGES.items() if theirs == fields]
        if _identity(now) in map(_identity, alike if added else [before]):
            continue
        unstated = _Unstated(stage)
        found |= dict.fromkeys(fields, unstated)
        found[stage] = {key: value for key, value in before.items() if key not in _OF_STAGE}
        if now.get("model") is not None:
            found[stage]["licence"] = unstated
        elif fields == _OF_PARALLEL:  # of a model, the name says what it is; of a file, nothing else does
            found[stage]["about"] = unstated
    return found


def stated(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The values of a system with what `cleared` took and nobody stated, from the model cards of its checkpoints.

    Raises:
        UsageError: a card does not say all of it; names every field of the system `name` that is still to be stated.
    """
    if not any(_unstated(values)):
        return dict(values)
    filled = _with_cards(values)
    missing = dict(_unstated(filled))
    if not missing:
        return filled
    stages = " and ".join(f"[{stage}]" for stage in _STAGES if stage in missing.values())
    ways = " ".join(f'--set "{field}={_SHAPES.get(field.rpartition(".")[2], "[...]")}"' for field in missing)
    raise UsageError(
        f"{name}: {stages} with another model or file than the system that this builds on: what that states of its own is not taken over, "
        f"and no card in a folder of the model says it. State {', '.join(missing)}: in a TOML file, or with {ways}"
    )


def _table(values: Mapping[str, Any], stage: str) -> dict[str, Any]:
    table = values.get(stage)
    return table if isinstance(table, dict) else {}


def _identity(table: Mapping[str, Any]) -> tuple[Any, Any]:
    """What makes a stage's model or file another one; other revisions of a hub id are by the same people, from the same data."""
    return table.get("model"), table.get("path")


def _unstated(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, stage) of whatever nobody has stated; the fields of a stage as `stage.field`."""
    for table, prefix in [(values, ""), *((_table(values, stage), f"{stage}.") for stage in _STAGES)]:
        yield from ((prefix + field, value.stage) for field, value in table.items() if isinstance(value, _Unstated))


def _with_cards(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with what model cards say; what holds of all models, or of all taggers, only where each of them has such a card."""
    cards = {stage: _card(_table(values, stage)) for stage in _STAGES if _identity(_table(values, stage)) != (None, None)}
    taggers = [card for stage, card in cards.items() if _STAGES[stage] == _OF_TAGGER]
    told = {
        "training_data": _together([card.training_data for card in cards.values()]),
        "source_data": _together([card.data for card in taggers]),
        "source_languages": _together([card.languages for card in taggers]),
    }
    filled = _filled(values, told)
    for stage, card in cards.items():
        filled[stage] = _filled(_table(values, stage), {"licence": card.licence})
    return filled


def _card(table: Mapping[str, Any]) -> CardFacts:
    model = table.get("model")
    return model_card.read(Path(model)) if isinstance(model, str) else CardFacts()


def _together(said: list[tuple[str, ...]]) -> list[str]:
    """What all cards say, each thing once; nothing if one of them is silent."""
    return list(dict.fromkeys(line for lines in said for line in lines)) if all(said) else []


def _filled(values: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: told[key] if isinstance(value, _Unstated) and told.get(key) else value for key, value in values.items()}
