"""What a run was given, from what its stages used: the `budget` of its `system.json`.

A stage's own settings say it, or the folder of a tagger that `train` wrote; what reads the test sentences themselves is counted.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from boundarybench.languages import same_language
from boundarybench.submission.budget import Budget, HumanWork, TargetText, together

from .system import System
from .tagging import training_report
from .tagging.tagger import TaggerSettings
from .translation.translator import TranslatorSettings

#: The stages that may have a model or a file.
STAGES = ("translator", "source_tagger", "aligner", "target_tagger", "back_translation", "translation_score")

#: Numbers of test sentences, by suite and language.
Sentences = Mapping[tuple[str, str], int]


def silent(system: System) -> tuple[str, ...]:
    """The stages that nobody states a budget of: nothing can then be said of the whole."""
    return tuple(name for name, settings in _stages(system) if _of_stage(system, settings, {}) is None)


def of(system: System, sentences: Sentences) -> Budget | None:
    """What the system was given, to read these test sentences; None where a stage is `silent`."""
    parts = [_of_stage(system, settings, sentences) for _, settings in _stages(system)]
    return None if None in parts else together([*filter(None, parts), system.projection_budget(), system.budget])


def _stages(system: System) -> Iterator[tuple[str, Any]]:
    return ((name, settings) for name in STAGES if (settings := getattr(system, name)) is not None)


def _of_stage(system: System, settings: Any, sentences: Sentences) -> Budget | None:
    model, path = _identity(settings)
    if (model, path) == (None, None):
        return _of_test_sentences(settings, sentences)
    # One model may have two roles; it is stated once.
    alike = (other.budget for _, other in _stages(system) if _identity(other) == (model, path) and other.budget is not None)
    found: Budget | None = next(alike, None)
    if found is None and model is not None:
        found = _trained(model, system.source_languages)
    per_language = "{lang}" in (model or path or "")
    return _of_languages(found, {lang for _, lang in sentences}) if found is not None and per_language else found


def _identity(settings: Any) -> tuple[str | None, str | None]:
    return settings.model, getattr(settings, "path", None)


def _trained(model: str, sources: Collection[str]) -> Budget | None:
    """What the taggers of ours in a folder were given, one for each source language where its name says so."""
    found = [training_report.budget(Path(folder)) for folder in dict.fromkeys(model.replace("{source}", lang) for lang in sources or [""])]
    return None if None in found else together(filter(None, found))


def _of_test_sentences(settings: Any, sentences: Sentences) -> Budget:
    """A rule that reads the whole test set has that as text; a suite's own English side is people's translation of it."""
    by_suite: dict[str, dict[str, int | None]] = {}
    for (suite, lang), count in sentences.items():
        by_suite.setdefault(suite, {})[lang] = count
    if isinstance(settings, TaggerSettings) and settings.method == "capitals":
        return Budget(
            text=tuple(TargetText(f"{suite} test, without its labels", "monolingual", found) for suite, found in by_suite.items())
        )
    if isinstance(settings, TranslatorSettings):
        return Budget(human=tuple(HumanWork("translations", f"English side of {suite}", found) for suite, found in by_suite.items()))
    return Budget()


def _of_languages(budget: Budget, langs: Collection[str]) -> Budget:
    """Of files that there are for each language, those of the languages that were run."""
    codes = {code for lang in langs for code in same_language(lang)}
    text = [msgspec.structs.replace(each, sentences=kept) for each in budget.text if (kept := _kept(each.sentences, codes))]
    human = [msgspec.structs.replace(each, amount=kept) for each in budget.human if (kept := _kept(each.amount, codes))]
    return msgspec.structs.replace(budget, text=tuple(text), human=tuple(human))


def _kept(amounts: Mapping[str, int | None], codes: Collection[str]) -> dict[str, int | None]:
    return {code: amount for code, amount in amounts.items() if code in codes}
