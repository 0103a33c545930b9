"""MasakhaNER 1.0: 405 outputs of XLM-R give the figures that were published with them."""

import csv
from functools import cache
from pathlib import Path

import pytest

from boundarybench.columns import read_sentences
from boundarybench.gold.load import load
from boundarybench.gold.model import Gold
from boundarybench.report import evaluate
from boundarybench.submission.prediction import of_tags
from boundarybench.suites.manifests import packaged

SUITE = packaged()["masakhaner1"]
KEYS = [(source, str(seed), target) for source in SUITE.codes for seed in range(5) for target in SUITE.codes]


@cache
def gold(lang: str) -> Gold:
    return load("masakhaner1", lang)


def check(data: Path, keys: list[tuple[str, str, str]]) -> None:
    folder = data / "predictions" / "masakhaner1-xlmr-base"
    with (folder / "official.csv").open(encoding="utf-8", newline="") as file:
        official = {(row["source"], row["seed"], row["target"]): row for row in csv.DictReader(file)}
    assert set(official) == set(KEYS)
    for source, seed, target in keys:
        tags = [sentence.tags for sentence in read_sentences(folder / source / seed / f"{target}.tags")]
        typed = evaluate(gold(target), of_tags(tags, gold(target)), "all").score.figures.as_json()["typed"]
        expected = {name: float(official[source, seed, target][name]) for name in ("precision", "recall", "f1")}
        assert typed == pytest.approx(expected, abs=1e-9), (source, seed, target)


def test_a_few_of_the_official_figures(data: Path) -> None:
    check(data, KEYS[::29])  # 14 files, every language as source and as target among them
    assert {key[2] for key in KEYS[::29]} == set(SUITE.codes)


@pytest.mark.slow
def test_all_official_figures(data: Path) -> None:
    check(data, KEYS)


@pytest.mark.usefixtures("data")
def test_dates_are_read_and_not_scored_unless_asked_for() -> None:
    found = gold("hau")
    assert found.entities()["DATE"] == 164
    assert SUITE.scored == ("PER", "ORG", "LOC")
    assert [language.code for language in SUITE.languages if not language.headline] == []
