"""The dev and test sentences that nothing may be learnt from: those of every suite in a language, and their human originals."""

from functools import cache
from pathlib import Path

from boundarybench.column_layout import Columns
from boundarybench.columns import read_sentences
from boundarybench.gold import sources
from boundarybench.gold.sources import Key
from boundarybench.languages import same_language
from boundarybench.suites import pins
from boundarybench.suites.manifests import packaged
from boundarybench.suites.suite import Suite
from boundarybench_baselines.translation import stored_translations

from .corpora import MASAKHANER

SPLITS = ("dev", "test")


def sentences(data: Path, lang: str) -> list[str]:
    """The dev and test sentences of all suites in a language, by any of its codes; in their older copies they have the same letters.

    Raises:
        UsageError: a set that the project knows is not there: what cannot be compared must not pass for compared.
    """
    return [
        sentence
        for suite in packaged().values()
        for code in same_language(lang)
        for split in SPLITS
        if pins.key(code, split) in pins.pins(suite)
        for sentence in of_suite(data, suite, Key(suite.name, code, split))
    ]


def of_suite(data: Path, suite: Suite, key: Key) -> list[str]:
    """The sentences of one set, their words with spaces between."""
    path = sources.embedded(suite, key) or data / str(suite.source.mirror).format(lang=key.lang, split=key.split)
    return [" ".join(sentence.tokens or ()) for sentence in read_sentences(path, Columns(suite.read.token_column, suite.read.tag_column))]


@cache
def originals(data: Path, source: str) -> frozenset[str]:
    """The human originals, in the language `source`, of the dev and test sentences of all languages: many are translated into several."""
    stored = [data / "translations" / "masakhaner2" / split / f"{lang}.jsonl" for lang in MASAKHANER for split in SPLITS]
    return frozenset(each.translation for path in stored for each in stored_translations.read(path) if each.source_lang == source)
