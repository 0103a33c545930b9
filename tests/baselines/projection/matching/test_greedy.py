"""Greedy: what it takes, its bound, and that exact matching gives the same wherever greedy is optimal."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st
from instances import instance

from boundarybench_baselines.projection.matching import exact, greedy
from boundarybench_baselines.projection.matching.instance import Pair


@settings(max_examples=300)
@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_greedy_stays_within_its_bound_and_is_what_exact_gives_where_it_is_optimal(rng, limit):
    pairs = instance(rng, rng.randint(1, 5), 10, rng.randint(1, 20))
    longest = max(pair.end - pair.start for pair in pairs)
    taken, optimum = greedy.solve(pairs, limit), exact.solve(pairs, limit)
    if limit == 1:
        assert optimum.objective / (longest + 1) <= taken.objective + 1e-9
    assert taken.objective <= optimum.objective + 1e-9
    if math.isclose(taken.objective, optimum.objective, abs_tol=1e-15):
        assert taken.chosen == optimum.chosen
    assert (taken.solver, taken.optimal, taken.margins, taken.margin) == ("greedy", False, None, None)


def test_the_bound_is_reached():
    """One span of three words in the way of three spans, and of its own entity's other one: four hardly lighter ones are lost."""
    pairs = [Pair(0, 1, 4, 1.01), Pair(1, 1, 2, 1.0), Pair(2, 2, 3, 1.0), Pair(3, 3, 4, 1.0), Pair(0, 6, 7, 1.0)]
    assert greedy.solve(pairs).objective == 1.01
    assert exact.solve(pairs).objective == 4.0


def test_two_spans_per_entity():
    both = [Pair(0, 1, 3, 0.9), Pair(0, 4, 5, 0.8)]
    assert greedy.solve(both, limit=2).chosen == tuple(both)  # the published code stops after the first
    assert greedy.solve(both, limit=1).chosen == (both[0],)


def test_the_offset():
    pairs = [Pair(0, 0, 1, 0.5), Pair(1, 2, 3, 0.75)]
    assert greedy.solve(pairs, offset=0.5).chosen == (pairs[1],)
    assert greedy.solve(pairs, offset=0.5).objective == 0.25
