"""A system is a TOML file: its models, stages and settings. Ours are in `systems/`; a user's own file works the same."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import msgspec

from boundarybench.errors import UsageError
from boundarybench.submission.budget import Budget

from . import provenance
from .alignment.aligner import AlignerSettings
from .projection import settings as projection_settings
from .projection.evidence import BackTranslationSettings, ScorerSettings
from .projection.settings import MatchingSettings, Settings
from .tagging.tagger import TaggerSettings
from .translation.translator import TranslatorSettings

_OURS = Path(__file__).with_name("systems")
#: A system that builds on another builds on something that builds on nothing else; more would be hard to follow.
_MOST_BASES = 4


@dataclass(frozen=True, slots=True)
class System:
    """A system.

    Attributes:
        name: the file's name without `.toml`.
        description: a sentence for the board.
        family: model-transfer; annotation-projection; hybrid, a projection whose candidates or scores a tagger of the target side enters;
            other, whatever else tags target sentences.
        authors: who runs it.
        open: whether the weights of its models are public.
        prepare: the command that makes the models and files that it names, where they are not to be had otherwise.
        track: of its submission; a source language itself is `supervised` whatever this says.
        supervised: pairs, as in masakhaner2/bam, whose labels chose something (weights, a threshold): they are not zero-shot.
        source_languages: of the labelled data that its taggers were trained on.
        training_data: all data that its models were trained on, as far as it is known.
        source_data: the labelled data among it.
        parallel_data: what the aligner or the lexicon was trained on; a translation model's own is not listed.
        transductive: whether something was learnt from unlabelled test sentences.
        selection: what was chosen, and on which dev data.
        budget: what such choices were made on, as data; what models and files were made from, their stages say.
        target_tagger: reads target sentences. A transfer system is this and nothing else.
        translator, source_tagger, aligner, projection: the stages of annotation projection.
        back_translation, translation_score: optional stages of it.
    """

    name: str
    description: str
    family: Literal["model-transfer", "annotation-projection", "hybrid", "other"]
    authors: tuple[str, ...]
    open: bool
    prepare: str | None = None
    track: Literal["zero-shot", "supervised", "oracle", "exposure-unknown"] = "zero-shot"
    supervised: tuple[str, ...] = ()
    source_languages: tuple[str, ...] = ("en",)
    training_data: tuple[str, ...] = ()
    source_data: tuple[str, ...] = ()
    parallel_data: tuple[str, ...] = ()
    transductive: bool = False
    selection: str = "none"
    budget: Budget = field(default_factory=Budget)
    target_tagger: TaggerSettings | None = None
    translator: TranslatorSettings | None = None
    source_tagger: TaggerSettings | None = None
    aligner: AlignerSettings | None = None
    back_translation: BackTranslationSettings | None = None
    translation_score: ScorerSettings | None = None
    projection: dict[str, Any] = field(default_factory=dict)

    def projection_settings(self, lang: str | None = None) -> Settings:
        """The settings of the projection into a language: its `method`, with what else is given over that method's own."""
        method, values = self._method()
        return projection_settings.of(method, values, f"{self.name}: projection", lang)

    def projection_budget(self) -> Budget:
        """What the projection's weights were learnt from."""
        return projection_settings.budget(*self._method()) if self.translator else Budget()

    def _method(self) -> tuple[str, dict[str, Any]]:
        values = dict(self.projection)
        return values.pop("method", "recommended"), values


def names() -> list[str]:
    """The names of our systems."""
    return sorted(path.stem for path in _OURS.glob("*.toml"))


def load(name: str, changes: Sequence[str] = ()) -> System:
    """One of our systems by its name, or a user's by its path.

    Args:
        name: one of `names`, or the path of a TOML file.
        changes: `table.key=value` over what the file says; the value is TOML, or else a plain string.

    Raises:
        UsageError: there is no such system; the file is not TOML, or something in it is not a setting; stages are missing; it has another
            model than the system that it builds on, and neither it nor a model card says where that comes from.
    """
    values = provenance.stated(_over(_with_bases(name, []), lambda base: _changed(base, changes)), name)
    values["name"] = Path(name).stem
    try:
        system = msgspec.convert(values, System, strict=True)
    except (msgspec.ValidationError, ValueError) as error:
        raise UsageError(f"{name}: {error}") from None
    _check_keys(values, name)
    _check(system, name)
    return system


def _with_bases(name: str, above: list[str]) -> dict[str, Any]:
    """The values of a file over those of the system that it `extends`."""
    path = _path(name)
    if len(above) > _MOST_BASES:
        raise UsageError(f"{above[0]}: extends {' which extends '.join(above[1:])}: in a circle?")
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not TOML: {error}") from None
    base = values.pop("extends", None)
    if base is None:
        return values
    if not isinstance(base, str):
        raise UsageError(f"{path}: extends must name a system")
    beside = path.parent / base
    return _over(_with_bases(str(beside) if beside.is_file() else base, [*above, name]), lambda below: _merged(below, values))


def _over(base: dict[str, Any], put: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """What `put` makes of the values of a system; what those say of models that it replaces is not taken over."""
    return put(provenance.cleared(base, put(base)))


def _path(name: str) -> Path:
    if name in names():
        return _OURS / f"{name}.toml"
    path = Path(name)
    if path.suffix == ".toml":
        return path
    raise UsageError(f"no system {name!r}: give a TOML file, or one of {', '.join(names())}")


def _merged(base: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` over `base`: tables are merged, key by key; everything else is replaced."""
    merged = dict(base)
    for key, value in values.items():
        inner = merged.get(key)
        merged[key] = _merged(inner, value) if isinstance(value, dict) and isinstance(inner, dict) else value
    return merged


def _changed(base: dict[str, Any], changes: Sequence[str]) -> dict[str, Any]:
    """A copy of the values of a system with what --set changes."""
    values = deepcopy(base)
    for change in changes:
        _apply(values, change)
    return values


def _apply(values: dict[str, Any], change: str) -> None:
    key, separator, text = change.partition("=")
    *tables, last = key.strip().split(".")
    if not separator or not last or not all(tables):
        raise UsageError(f"--set {change}: write TABLE.KEY=VALUE, as in --set translator.num_beams=4")
    for table in tables:
        values = values.setdefault(table, {})
        if not isinstance(values, dict):
            raise UsageError(f"--set {change}: {table} is not a table")
    try:
        values[last] = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        values[last] = text.strip()


def _check_keys(values: Mapping[str, Any], name: str) -> None:
    """Refuse keys that no setting has: a misspelt one would otherwise be ignored."""
    tables: dict[str, type[Any]] = {
        "": System,
        "target_tagger": TaggerSettings,
        "source_tagger": TaggerSettings,
        "translator": TranslatorSettings,
        "aligner": AlignerSettings,
        "back_translation": BackTranslationSettings,
        "translation_score": ScorerSettings,
    }
    for table, kind in tables.items():
        known = {entry.name for entry in fields(kind)}
        given = values.get(table, {}) if table else values
        if unknown := sorted(set(given) - known):
            raise UsageError(
                f"{name}: unknown setting {', '.join(unknown)}{f' in [{table}]' if table else ''}; there are {', '.join(sorted(known))}"
            )


def _check(system: System, name: str) -> None:
    if system.target_tagger is not None and system.target_tagger.method == "file":
        raise UsageError(f'{name}: only a [source_tagger] may have method = "file"')
    if system.source_tagger is not None and system.source_tagger.method == "capitals":
        raise UsageError(f'{name}: only a [target_tagger] may have method = "capitals"')
    if system.family in ("model-transfer", "other"):
        others = (system.translator, system.source_tagger, system.aligner, system.back_translation, system.translation_score)
        if system.target_tagger is None or any(others) or system.projection:
            raise UsageError(f"{name}: {system.family} has a [target_tagger] and no other stage")
        return
    if missing := [stage for stage in ("translator", "source_tagger", "aligner") if getattr(system, stage) is None]:
        raise UsageError(f"{name}: annotation projection needs [{'], ['.join(missing)}]")
    settings = system.projection_settings()
    matching = settings if isinstance(settings, MatchingSettings) else None
    if (matching is not None and matching.needs_tagger) != (system.target_tagger is not None):
        raise UsageError(f"{name}: a [target_tagger] goes with candidates or scores of a tagger, and they need one")
    if (system.family == "hybrid") != (system.target_tagger is not None):
        raise UsageError(f'{name}: a projection with a [target_tagger] is of the family "hybrid", and only such a one')
    if (matching is not None and matching.needs("translation")) != (system.translation_score is not None):
        raise UsageError(f"{name}: [translation_score] names the model of the score `translation`, which needs one")
    if system.back_translation is not None:
        _check_back(system, system.back_translation, matching, name)


def _check_back(system: System, back: BackTranslationSettings, matching: MatchingSettings | None, name: str) -> None:
    if system.aligner and system.aligner.method in ("gloss", "file"):
        raise UsageError(f"{name}: a back-translation has to be aligned, and {system.aligner.method} only has links of the translation")
    if back.use == "evidence" and matching is None:
        raise UsageError(f'{name}: a heuristic has no scores that a back-translation could add to; write use = "replaced"')
    if back.use == "replaced" and system.translation_score is not None:
        raise UsageError(f'{name}: a back-translation that replaces the translation leaves nothing to score; write use = "evidence"')
