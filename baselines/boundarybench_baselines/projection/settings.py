"""What a projection method is told, read from TOML: a method of ours (`methods/`), with a user's own values over it."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from boundarybench.errors import UsageError
from boundarybench.submission.budget import Budget

from .fusion import TERMS
from .surface import Terms

_METHODS = Path(__file__).with_name("methods")
METHODS = ("published-heuristic", "greedy", "exact", "recommended")

Count = Annotated[int, msgspec.Meta(ge=1)]
Distance = Annotated[int, msgspec.Meta(ge=0)]
Ratio = Annotated[float, msgspec.Meta(ge=0)]


@dataclass(frozen=True, slots=True)
class HeuristicSettings:
    """Settings of the heuristic.

    Attributes:
        merge_distance: runs with at most this many unmarked words between them become one span; 0 merges nothing.
        length_ratio: a span is kept if its words are more than this times the entity's (strictly); None keeps all.
        max_spans: how many spans an entity keeps, the longest first; None keeps all.
        only_inside: a run that starts with a word linked to the entity's first word stays a span of its own.
        order: who claims words first, entities as the tagger gave them or the longest ones.
    """

    merge_distance: Distance = 1
    length_ratio: Ratio | None = None
    max_spans: Count | None = None
    only_inside: bool = False
    order: Literal["tagger", "longest"] = "longest"


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """Settings of candidate matching.

    Attributes:
        solver: greedy or exact.
        candidates: spans between words linked to the entity (`aligned`: for link scores this loses no optimum), all spans
            (`ngrams`), the spans that a tagger finds in the target sentence (`tagger`), or spans between words that are linked or look
            like the entity's (`evident`, for the score `surface`).
        score: the published alignment score, its bounded form `coverage`, the weighted terms of `surface`, or those of `fused`.
        max_words: the longest candidate in words; None for no limit.
        spans_per_entity: how many spans an entity may have.
        abstain: the offset: only pairs that score above it are matched.
        weights: of the terms of `surface` or `fused`.
        normalise: whether weights are divided by their sum and terms by the greatest in the sentence that is over 1, so that the score is
            in [0, 1]. Published fusions are not.
        prune: whether only spans with a link to the entity, or that a tagger gives some probability, get a translation score.
    """

    solver: Literal["greedy", "exact"]
    candidates: Literal["aligned", "ngrams", "tagger", "evident"]
    score: Literal["alignment", "coverage", "surface", "fused"]
    max_words: Count | None = None
    spans_per_entity: Count = 1
    abstain: float = 0.0
    weights: dict[str, Ratio] = field(default_factory=dict)
    normalise: bool = True
    prune: bool = True

    def needs(self, term: str) -> bool:
        """Whether a term of `fused` counts."""
        return self.score == "fused" and self.weights.get(term, 0) > 0

    @property
    def needs_tagger(self) -> bool:
        """Whether something of this needs a tagger that reads the target sentence."""
        return self.candidates == "tagger" or self.needs("tagger") or self.needs("tagger_spans")


Settings = HeuristicSettings | MatchingSettings
_FAMILIES: dict[str, type[HeuristicSettings] | type[MatchingSettings]] = {"heuristic": HeuristicSettings, "matching": MatchingSettings}


def load(method: str, path: Path | None = None, lang: str | None = None) -> Settings:
    """The settings of one of `METHODS` for a language (see `of`), with the values of the TOML file at `path` over them.

    Raises:
        UsageError: the file cannot be read, or a key or a value in it is not one of the method's.
    """
    return of(method, _read(path) if path else {}, str(path or _METHODS / f"{method}.toml"), lang)


def of(method: str, values: Mapping[str, Any], where: str, lang: str | None = None) -> Settings:
    """The settings of one of `METHODS` with `values` over them.

    Args:
        method: its name.
        values: that replace the method's own.
        where: they stand, for messages.
        lang: of the target sentences. What a method has learnt from labels of this language is replaced by what it learns without them
            (`[without.<lang>]` in its file), so that the run is zero-shot.

    Raises:
        UsageError: as `load`.
    """
    if method not in METHODS:
        raise UsageError(f"{where}: method {method!r}; there are {', '.join(METHODS)}")
    ours = _method(method)
    without = ours.pop("without", {})
    ours.pop("budget", None)
    return _settings(ours | without.get(lang, {}) | dict(values), where)


def budget(method: str, values: Mapping[str, Any]) -> Budget:
    """What the weights and the offset of one of `METHODS` were learnt from; nothing where `values` have other weights."""
    return Budget() if "weights" in values else msgspec.convert(_method(method).get("budget", {}), Budget)


def _method(name: str) -> dict[str, Any]:
    return tomllib.loads((_METHODS / f"{name}.toml").read_text("utf-8"))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not TOML: {error}") from None


def _settings(values: dict[str, Any], path: str) -> Settings:
    kind = _FAMILIES.get(values.pop("family", None))
    if kind is None:
        raise UsageError(f"{path}: family must be one of {', '.join(_FAMILIES)}")
    known = [entry.name for entry in fields(kind)]
    if unknown := sorted(values.keys() - set(known)):
        raise UsageError(f"{path}: unknown setting {', '.join(unknown)}; this method has {', '.join(known)}")
    try:
        settings = msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: {error}") from None
    if isinstance(settings, MatchingSettings):
        _check(settings, path)
    return settings


def _check(settings: MatchingSettings, path: str) -> None:
    if not all(map(math.isfinite, [settings.abstain, *settings.weights.values()])):
        raise UsageError(f"{path}: abstain and weights must be finite numbers")
    if (settings.candidates == "evident") != (settings.score == "surface"):
        raise UsageError(f'{path}: score = "surface" and candidates = "evident" go together')
    if settings.candidates in ("ngrams", "evident") and settings.max_words is None:
        raise UsageError(f'{path}: candidates = "{settings.candidates}" needs max_words (10 is the published choice for n-grams)')
    if settings.score == "surface" and (set(settings.weights) != set(Terms._fields) or not sum(settings.weights.values())):
        raise UsageError(f'{path}: score = "surface" needs the weights {", ".join(Terms._fields)}, not all 0')
    if settings.score == "fused" and (not set(settings.weights) <= set(TERMS) or not sum(settings.weights.values())):
        raise UsageError(f'{path}: score = "fused" needs weights of some of {", ".join(TERMS)}, not all 0')
    if settings.score not in ("surface", "fused") and settings.weights:
        raise UsageError(f'{path}: weights belong to score = "surface" and score = "fused"')
