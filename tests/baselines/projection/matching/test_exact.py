"""The whole of exact matching: brute force for whatever solver it uses, the choice among ties, and what it says when time runs out."""

import json
import math
import random
import subprocess
import sys
from fractions import Fraction

import pytest
from brute_force import best
from hypothesis import given
from hypothesis import strategies as st
from instances import instance, places, small, with_margins

from boundarybench_baselines.projection.matching import exact, greedy, live_sets, search
from boundarybench_baselines.projection.matching.instance import UNITS, Pair, weigh


def hold_against_brute_force(pairs, limit=1, offset=0.0):
    optimum, first, margins = best(weigh(pairs, offset), limit)
    found = exact.solve(pairs, limit, offset)
    assert found.optimal
    assert places(found.chosen) == places(first)
    assert list(found.chosen) == sorted(found.chosen, key=lambda pair: pair.start)
    assert set(found.chosen) <= set(pairs)
    assert found.objective == pytest.approx(optimum / UNITS, abs=1e-9)
    assert with_margins(found.chosen, found.margins) == {pair[1:]: margin / UNITS for pair, margin in margins.items()}
    assert found.margin == min(found.margins, default=None)
    return found.solver


@pytest.mark.parametrize("seed", range(4))
def test_brute_force(seed):
    rng = random.Random(seed)
    solvers = {hold_against_brute_force(small(rng), offset=rng.choice([0.0, 0.1, 1 / 3])) for _ in range(500)}
    assert solvers == {"argmax", "search"}


@pytest.mark.parametrize("seed", range(2))
def test_brute_force_where_the_search_gives_up(seed, monkeypatch):
    monkeypatch.setattr(search, "MAX_TRIED", 0)
    rng = random.Random(10 + seed)
    solvers = {hold_against_brute_force(small(rng)) for _ in range(400)}
    assert solvers == {"argmax", "assignment", "live-sets"}


def test_brute_force_where_too_many_entities_are_live(monkeypatch):
    monkeypatch.setattr(search, "MAX_TRIED", 0)
    monkeypatch.setattr(live_sets, "MAX_CELLS", 0)
    rng = random.Random(20)
    solvers = {hold_against_brute_force(small(rng, 7)) for _ in range(60)}
    assert solvers == {"argmax", "assignment", "highs"}


@pytest.mark.parametrize("limit", [2, 3])
def test_brute_force_with_several_spans_per_entity(limit):
    rng = random.Random(limit)
    solvers = {hold_against_brute_force(pairs, limit) for _ in range(300) if (pairs := small(rng))}
    assert solvers == {"search"}


def test_brute_force_with_several_spans_per_entity_where_the_search_gives_up(monkeypatch):
    monkeypatch.setattr(search, "MAX_TRIED", 0)
    rng = random.Random(5)
    assert {hold_against_brute_force(pairs, 2) for _ in range(30) if (pairs := small(rng, 7))} == {"highs"}


@given(st.randoms(use_true_random=False))
def test_brute_force_on_what_hypothesis_finds(rng):
    hold_against_brute_force(small(rng), rng.choice([1, 1, 2]), rng.choice([0.0, 0.3]))


def test_the_lightest_solver_that_fits():
    rng = random.Random(0)
    tagger = [Pair(entity, 2 * span, 2 * span + 2, rng.choice([0.5, 1.0])) for entity in range(14) for span in range(12)]
    dense = [Pair(entity, start, end, rng.random()) for entity in range(10) for start in range(30) for end in range(start + 1, start + 9)]
    assert exact.solve([]).solver == "argmax"
    assert exact.solve([Pair(0, 0, 1, 0.5), Pair(1, 1, 2, 0.5)]).solver == "argmax"
    assert exact.solve([Pair(0, 0, 1, 0.5), Pair(1, 0, 2, 0.5)]).solver == "search"
    assert exact.solve(tagger).solver == "assignment"
    assert exact.solve(dense).solver == "live-sets"
    # The heaviest of two components.
    assert exact.solve([Pair(0, 0, 1, 0.5), Pair(1, 0, 2, 0.5), Pair(2, 5, 6, 0.5)]).solver == "search"


def test_many_live_entities_go_to_highs():
    pairs = [Pair(entity, start, start + 2, 1 + (entity * start) % 7 / 10) for entity in range(19) for start in range(12)]
    found = exact.solve(pairs)
    assert (found.solver, found.optimal) == ("highs", True)
    assert len(found.chosen) == 6
    assert found.margins is not None


def test_a_thousand_entities_in_one_chain():
    """Neither the search's recursion nor a state per set of entities: few are live at once."""
    pairs = [Pair(entity, 2 * entity + shift, 2 * entity + shift + 3, 0.5 + shift / 8) for entity in range(1000) for shift in (0, 1)]
    found = exact.solve(pairs)
    assert found.solver == "live-sets"
    assert found.objective >= greedy.solve(pairs).objective


def test_components():
    ranked = weigh([Pair(0, 0, 2, 1.0), Pair(1, 1, 3, 0.9), Pair(2, 3, 4, 0.8), Pair(0, 6, 7, 0.7), Pair(3, 6, 8, 0.6)], 0.0)
    groups = sorted(sorted({pair.entity for pair in group}) for group in exact.components(ranked))
    assert groups == [[0, 1, 3], [2]]
    assert all(group == [pair for pair in ranked if pair in group] for group in exact.components(ranked))


def test_the_thesis_example():
    pairs = [Pair(0, 1, 3, 0.2), Pair(0, 2, 4, 0.3), Pair(0, 3, 6, 0.2)]
    assert exact.solve(pairs, limit=2).objective == pytest.approx(0.4)
    assert greedy.solve(pairs, limit=2).objective == pytest.approx(0.3)


def test_where_the_linear_relaxation_is_not_integral():
    odd_cycle = [Pair(0, 0, 1, 2.0), Pair(0, 1, 2, 2.0), Pair(1, 0, 2, 1.0)]
    assert exact.solve(odd_cycle).objective == 2.0
    one_entity = [Pair(0, 0, 3, 2.4), Pair(0, 0, 1, 1.0), Pair(0, 1, 2, 1.0), Pair(0, 2, 3, 1.0)]
    found = exact.solve(one_entity, limit=2)
    assert found.chosen == (one_entity[0],)
    assert found.objective == 2.4
    assert found.margins == pytest.approx((0.4,))


def test_the_offset_drops_pairs_and_is_taken_off():
    pairs = [Pair(0, 0, 1, 0.5), Pair(1, 2, 3, 0.75)]
    found = exact.solve(pairs, offset=0.5)
    assert found.chosen == (pairs[1],)
    assert (found.objective, found.margins) == (0.25, (0.25,))
    assert exact.solve(pairs, offset=0.8).chosen == ()
    assert exact.solve([Pair(0, 0, 1, -0.5)], offset=-1.0).objective == 0.5


def test_nothing_chosen_has_no_margin_and_no_infinity():
    found = exact.solve([])
    assert (found.chosen, found.margins, found.margin, found.objective, found.optimal) == ((), (), None, 0.0, True)
    json.dumps(found.margin, allow_nan=False)


def test_ties_of_alignment_scores_are_ties():
    """With units of a power of two, two rounded thirds would outweigh what they equal."""
    for words in range(2, 31):
        for links in range(1, words):
            (weighed,) = weigh([Pair(0, 0, 1, 2 * links / words)], 0.01)
            assert Fraction(weighed.weight, UNITS) == Fraction(2 * links, words) - Fraction(1, 100)
    pairs = [Pair(0, 0, 4, 1.0), Pair(0, 0, 2, 2 / 3), Pair(1, 4, 5, 1 / 3), Pair(1, 2, 4, 2 / 3)]
    found = exact.solve(pairs)
    assert found.chosen == (pairs[0], pairs[2])
    assert found.margin == 0.0


def test_ties_go_to_the_longer_then_the_earlier_span_then_the_earlier_entity():
    assert exact.solve([Pair(0, 4, 5, 1.0), Pair(0, 0, 2, 1.0)]).chosen[0][1:3] == (0, 2)
    assert exact.solve([Pair(0, 4, 5, 1.0), Pair(0, 1, 2, 1.0)]).chosen[0][1:3] == (1, 2)
    assert exact.solve([Pair(1, 0, 1, 1.0), Pair(0, 0, 1, 1.0)]).chosen[0].entity == 0
    assert exact.solve([Pair(1, 0, 1, 1.0), Pair(0, 0, 1, 1.0)]).margins == (0.0,)


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_pairs_come_does_not_matter(rng):
    pairs = instance(rng, 5, 10, 20)
    mixed = rng.sample(pairs, len(pairs))
    assert exact.solve(pairs) == exact.solve(mixed)
    assert greedy.solve(pairs) == greedy.solve(mixed)


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_a_score_that_is_no_number_is_refused(score):
    with pytest.raises(ValueError, match="score of entity 3 at words 0 to 1"):
        exact.solve([Pair(3, 0, 1, score)])
    with pytest.raises(ValueError, match="score of entity 3"):
        exact.solve([Pair(3, 0, 1, 0.5)], offset=score)


def test_scores_too_great_for_exact_sums_are_refused():
    with pytest.raises(ValueError, match="add up to 2e\\+06; matching is exact up to 495009"):
        exact.solve([Pair(0, 0, 1, 1e6), Pair(1, 0, 1, 1e6)])
    for score in (1e300, 1e308):
        with pytest.raises(ValueError, match=f"{score:g}".replace("+", "\\+")):
            greedy.solve([Pair(0, 0, 1, score)])


def test_spans_that_are_none_or_repeated_are_refused():
    for start, end in ((2, 2), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match=f"no span from word {start} to {end}"):
            greedy.solve([Pair(0, start, end, 1.0)])
    with pytest.raises(ValueError, match="twice"):
        exact.solve([Pair(0, 0, 1, 0.5), Pair(0, 0, 1, 1.0)])


def test_no_time_for_an_optimum_is_said():
    pairs = instance(random.Random(1), 25, 60, 900, 10, ties=False)
    found = exact.solve(pairs, seconds=0.0)
    assert (found.solver, found.optimal, found.margins, found.margin) == ("highs", False, None, None)
    assert found.objective >= greedy.solve(pairs).objective - 1e-9


def test_no_time_for_margins_is_said(monkeypatch):
    from boundarybench_baselines.projection.matching import highs

    monkeypatch.setattr(search, "MAX_TRIED", 0)
    solve = highs.solve
    monkeypatch.setattr(highs, "solve", lambda *args, **more: solve(*args, **more)._replace(optimal="forced" not in more))
    pairs = instance(random.Random(1), 5, 10, 40)
    found = exact.solve(pairs, limit=2)
    assert (found.solver, found.optimal, found.margins) == ("highs", True, None)


def test_a_sentence_needs_neither_numpy_nor_scipy():
    script = (
        "import sys; from boundarybench_baselines.projection.matching import exact, instance; Pair = instance.Pair;"
        "found = exact.solve([Pair(0, 0, 2, 0.5), Pair(1, 1, 2, 0.7), Pair(0, 3, 4, 0.1)]); assert found.solver == 'search', found;"
        "sys.exit(' '.join({'numpy', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.strip() == ""
