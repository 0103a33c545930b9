"""Means, micro figures, intervals and the table, on two languages that anyone can count by hand."""

import numpy as np
import pytest

from boundarybench.cli.table import render
from boundarybench.gold.model import Gold, build
from boundarybench.report import Result, as_json, evaluate
from boundarybench.scoring.figures import figures_of
from boundarybench.submission.prediction import of_tags
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked
from boundarybench.uncertainty.intervals import NEARLY_ABSENT, intervals, wilson

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]

TYPES = MASAKHANER2.types


def gold_of(lang: str, suite: str, tags: list[list[str]]) -> Gold:
    tokens = [[f"{i}.{k}" for k in range(len(row))] for i, row in enumerate(tags)]
    return build(suite, lang, "test", tags, tokens, TYPES if suite == "masakhaner2" else TYPES[:3])


def result(lang: str, right: int, wrong: int, missed: int, suite: str = "masakhaner2") -> Result:
    """A test set of one-entity sentences: `right` found, `wrong` with a wrong end, `missed` not predicted."""
    gold = [["B-PER", "I-PER", "O"]] * (right + wrong + missed)
    predicted = [["B-PER", "I-PER", "O"]] * right + [["B-PER", "O", "O"]] * wrong + [["O", "O", "O"]] * missed
    test_set = gold_of(lang, suite, gold)
    return evaluate(test_set, of_tags(predicted, test_set), TYPES[:3])


@pytest.fixture
def report() -> dict:
    # P = 30/40, R = 30/50, F1 = 2/3; and P = 10/10, R = 10/40, F1 = 2/5.
    return as_json([result("swa", 30, 10, 10), result("ewe", 10, 0, 30)])


def test_results(report: dict) -> None:
    swa, ewe = report["results"]
    assert (swa["boundary"], ewe["boundary"]) == (
        {"precision": 0.75, "recall": 0.6, "f1": pytest.approx(2 / 3)},
        {"precision": 1.0, "recall": 0.25, "f1": 0.4},
    )
    assert [swa[name] for name in ("bp25", "bp50", "bp75", "bp100")] == [0.75, 0.75, 0.75, 0.6]
    assert [ewe[name] for name in ("bp25", "bp50", "bp75", "bp100")] == [1.0, 0.5, pytest.approx(1 / 3), 0.25]
    assert (swa["start"]["precision"], swa["end"]["precision"]) == (1.0, 0.75)
    assert swa["offset"] == {"start": 0.0, "end": -0.25}
    assert swa["iou"] == (30 + 10 * 0.5) / 40
    assert (swa["errors"]["exact"], swa["errors"]["right-under"], swa["errors"]["missed"]) == (30, 10, 10)


def test_means_are_unweighted_and_micro_figures_pooled(report: dict) -> None:
    mean = report["means"]["masakhaner2"]
    assert mean["boundary"] == {"precision": 0.875, "recall": 0.425, "f1": pytest.approx((2 / 3 + 2 / 5) / 2)}
    assert (mean["bp50"], mean["bp100"], mean["end"]["precision"]) == (0.625, 0.425, 0.875)
    micro = mean["micro"]
    assert (micro["predicted"], micro["gold"]) == (50, 90)
    assert micro["boundary"] == {"precision": 0.8, "recall": pytest.approx(40 / 90), "f1": pytest.approx(80 / 140)}
    assert (micro["errors"]["exact"], micro["errors"]["missed"]) == (40, 40)
    assert (len(mean["missing_languages"]), mean["complete"]) == (16, False)
    low, high = mean["intervals"]["bp50"]
    assert low < 0.625 < high
    single = [high - low for low, high in (row["intervals"]["bp50"] for row in report["results"])]
    assert high - low < max(single)  # languages are resampled independently


def test_a_mean_of_three_is_no_median() -> None:
    rows = [result("swa", 30, 10, 0), result("ewe", 20, 20, 0), result("hau", 36, 4, 0)]
    assert as_json(rows)["means"]["masakhaner2"]["bp50"] == pytest.approx((0.75 + 0.5 + 0.9) / 3)


def test_the_mean_of_one_language_is_that_language() -> None:
    report = as_json([result("swa", 4, 36, 0)])
    assert report["means"]["masakhaner2"]["intervals"] == report["results"][0]["intervals"]


def complete(suite: str, langs: tuple[str, ...], right: int, **changes: object) -> list[Result]:
    from dataclasses import replace

    return [replace(result(lang, right, 40 - right, 0, suite), pinned=True, **changes) for lang in langs]


def test_overall_is_the_mean_of_the_suites_and_only_for_complete_systems() -> None:
    xtreme, masakhaner2 = complete("xtreme", ranked(XTREME), 20), complete("masakhaner2", MASAKHANER2.headline, 30)
    report = as_json([*xtreme, *masakhaner2])
    assert report["means"]["xtreme"]["complete"]
    assert report["overall"]["bp50"] == pytest.approx((0.5 + 0.75) / 2)
    assert "overall" not in as_json(xtreme)
    assert "overall" not in as_json([*xtreme, *masakhaner2[1:]])
    assert "overall" not in as_json([*xtreme, *complete("masakhaner2", MASAKHANER2.headline, 30, missing=1)])


def test_without_the_character_and_the_tiny_sets() -> None:
    rows = [result("sw", 30, 10, 0, "xtreme"), result("ja", 20, 20, 0, "xtreme"), result("yo", 10, 30, 0, "xtreme")]
    mean = as_json(rows)["means"]["xtreme"]
    assert mean["bp50"] == 0.5
    assert (mean["without"]["character_tokens"]["bp50"], mean["without"]["tiny"]["bp50"]) == (0.5, 0.625)
    assert mean["nulls"]["offset.start"] == 1
    alone = as_json([rows[1]])
    assert alone["means"]["xtreme"]["without"] == {}
    assert "BP@50" in render(alone)


def test_the_table_shows_percentages(report: dict) -> None:
    table = render(report)
    cells = next(line for line in table.splitlines() if line.startswith("swa")).split()
    assert cells[:9] == ["swa", "50", "50", "40", "75.0", "60.0", "66.7", "75.0", "75.0"]
    mean = next(line for line in table.splitlines() if line.startswith("mean of 2"))
    assert mean.split()[3:8] == ["87.5", "42.5", "53.3", "62.5", "54.2"]
    assert "exact 40 80.0" in [" ".join(line.split()) for line in table.splitlines()]
    low, high = report["means"]["masakhaner2"]["intervals"]["bp75"]
    assert f"{100 * low:.1f}–{100 * high:.1f}" in mean


def test_ids_pin_the_part_that_was_scored() -> None:
    test_set = gold_of("swa", "masakhaner2", [["B-PER"], ["O"], ["B-LOC"]])
    prediction = of_tags([["B-PER"], ["O"], ["O"]], test_set)
    parts = [evaluate(test_set, prediction, TYPES[:3], keep=np.array(keep, bool)) for keep in ([1, 1, 0], [1, 0, 1], [1, 1, 0])]
    assert parts[0].signature == parts[2].signature != parts[1].signature
    assert [part.score.figures["boundary.recall"] for part in parts] == [1.0, 0.5, 1.0]


@pytest.mark.parametrize(("exact", "typed"), [(9, 9), (NEARLY_ABSENT, 9), (NEARLY_ABSENT, NEARLY_ABSENT)])
def test_wilson_too_below_ten_correct_spans_for_each_figure_of_its_own(exact: int, typed: int) -> None:
    totals = np.array([40, 100, exact, typed])
    resampled = {name: np.full(1000, 0.05) for name in figures_of(totals)}
    found = intervals(totals, resampled, 99)
    for name, correct, trials in (
        ("boundary.precision", exact, 40),
        ("boundary.recall", exact, 100),
        ("boundary.f1", exact, 70),
        ("bp50", exact, 50),
        ("bp25", exact, 40),
        ("bp100", exact, 100),
        ("typed.precision", typed, 40),
    ):
        low, high = wilson(correct, trials)
        assert found[name] == (pytest.approx((min(low, 0.05), max(high, 0.05))) if correct < 10 else (0.05, 0.05)), name


def test_the_level_is_95_percent() -> None:
    totals = np.array([1000, 1000, 500, 500])
    found = intervals(totals, {name: np.arange(1000) / 999 for name in figures_of(totals)}, 1_000_000)
    assert found["bp50"] == pytest.approx((0.025, 0.975), abs=1e-5)


def test_a_sentence_of_many_entities_overflows_nothing() -> None:
    test_set = gold_of("swa", "masakhaner2", [["B-PER"] * 60_000, ["B-LOC"]])
    found = evaluate(test_set, of_tags([["B-PER"] * 60_000, ["O"]], test_set), TYPES[:3])
    assert found.intervals["boundary.recall"][1] == 1.0
