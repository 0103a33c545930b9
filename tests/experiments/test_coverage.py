"""Intervals and tests on the block structure of a real pair of rows, and the lengths that the manifests have."""

from statistics import mean

import pytest

from boundarybench.suites.manifests import packaged
from experiments.block_lengths import LENGTHS, Inflation, Measured, chosen, measured
from experiments.coverage import SIMULATED, populations, simulate

REPETITIONS = 150


@pytest.mark.slow
def test_intervals_hold_the_truth_and_tests_cry_wolf_as_often_as_they_say(data):
    """18 languages: a mean over their rates is told to 0.4 points, one language's to 1.8, the mean's own rate too."""
    *languages, overall = simulate(list(populations(SIMULATED[0])), REPETITIONS)
    assert len(languages) == 18
    for field, nominal in (("alone", 0.95), ("difference", 0.95), ("false", 0.05)):
        rates = [getattr(each, field) for each in languages]
        assert abs(mean(rates) - nominal) <= 0.01
        assert all(abs(rate - nominal) <= 0.01 + 3 * 0.0178 for rate in rates)
        assert abs(getattr(overall, field) - nominal) <= 0.01 + 2 * 0.0178


def inflation(*ratios: float) -> Inflation:
    return Inflation(ratios, None)


@pytest.mark.parametrize(
    ("alone", "differences", "longest", "expected"),
    [
        ((1, 1, 1, 1, 1, 1, 1), None, 40, 1),
        ((1, 1.1, 1.3, 1.5, 1.54, 1.58, 1.6), None, 40, 10),
        ((1, 1.1, 1.3, 1.5, 1.54, 1.58, 1.6), (1, 1.1, 1.2, 1.2, 1.2, 1.3, 1.3), 40, 40),
        ((1, 1.1, 1.3, 1.5, 1.8, 2.0, 2.2), None, 40, 40),
        ((1, 1.1, 1.3, 1.5, 1.8, 2.0, 2.2), None, 20, 20),
        ((1, 1.1, 1.18, 1.2, 1.4, 1.41, 1.42), None, 20, 20),  # 5 to 10 adds little, and is not the end
    ],
)
def test_the_rule(alone, differences, longest, expected):
    assert len(alone) == len(LENGTHS)
    assert chosen(Measured({}, inflation(*alone), differences and inflation(*differences), longest)) == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, suite in packaged().items() if suite.sentences.order == "running"])
def test_manifests_have_the_lengths_that_the_rule_chooses(data, name):
    found = measured(packaged()[name])
    assert found is not None
    assert chosen(found) == packaged()[name].sentences.block
