"""Which languages of a suite belong together: by language family, script, resources, and what the models of a pair cover."""

from collections.abc import Iterator, Sequence

from ...languages import TITLES, Model, model_of, traits
from ...suites.pins import mean_name
from ...suites.suite import Suite
from ..signatures import OVERALL_SUITES
from ..store import Facets
from .pair_results import Dimension

Group = tuple[Dimension, str, tuple[str, ...]]

#: Suites with the same language in two domains.
DOMAINS = OVERALL_SUITES[:2]
CONTRASTS = tuple(
    (language.code, other.code)
    for language in DOMAINS[0].languages
    for other in DOMAINS[-1].languages
    if other.code in traits(language.code).codes
)


def groups(suite: Suite, langs: Sequence[str], encoder: Model | None, translation: Model | None) -> list[Group]:
    """All of `langs`, then the groups of each breakdown that tells some of them apart.

    Args:
        langs: codes of languages of the suite.
        encoder, translation: the models whose languages are known; there is no such breakdown without one.
    """
    labels: dict[Dimension, list[str]] = {
        "family": [traits(lang).family for lang in langs],
        "script": [language.script for lang in langs if (language := suite.language(lang))],
        "resources": [_resources(lang) for lang in langs],
        "encoder": _covered(encoder, langs),
        "translation": _covered(translation, langs),
    }
    found: list[Group] = [("mean", mean_name(suite), tuple(langs))]
    for dimension, of_langs in labels.items():
        if len(set(of_langs)) > 1:
            found += [(dimension, label, members) for label, members in _members(of_langs, langs)]
    return found


def models_of(a: Facets, b: Facets) -> tuple[Model | None, Model | None]:
    """The encoder that a pair shares and the translation model of its second system, where the languages of these are known."""
    return model_of(a.encoder) if a.encoder == b.encoder else None, model_of(b.translation_model)


def _resources(lang: str) -> str:
    level = traits(lang).resources
    return "not listed" if level is None else f"class {level}"


def _covered(model: Model | None, langs: Sequence[str]) -> list[str]:
    return [] if model is None else [f"{TITLES[model]}: {'covered' if model in traits(lang).models else 'not covered'}" for lang in langs]


def _members(labels: Sequence[str], langs: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for label in sorted(set(labels)):
        yield label, tuple(lang for lang, other in zip(langs, labels, strict=True) if other == label)
