"""Each exact solver alone: against brute force, against each other where that cannot go, and on what is hard for it in particular."""

import random
from itertools import pairwise

import pytest
from brute_force import best
from hypothesis import given
from hypothesis import strategies as st
from instances import instance, places, small, with_margins

from boundarybench_baselines.projection.matching import argmax, assignment, highs, live_sets, search
from boundarybench_baselines.projection.matching.bound import bound, relevant
from boundarybench_baselines.projection.matching.instance import UNITS, Pair, Weighed, rank, total, weigh
from boundarybench_baselines.projection.matching.settle import settle


def by_highs(ranked, limit=1):
    return settle(ranked, highs.solve(ranked, limit).chosen, lambda pairs, forced: highs.solve(pairs, limit, forced=forced).chosen, limit)


def by_assignment(ranked):
    return settle(ranked, assignment.solve(ranked, []), assignment.solve)


@pytest.mark.parametrize("seed", range(3))
def test_brute_force(seed):
    rng = random.Random(100 + seed)
    for turn in range(300):
        ranked = weigh(small(rng), 0.0)
        optimum, first, margins = best(ranked)
        answers = [search.solve(ranked), live_sets.solve(ranked)]
        if (found := argmax.solve(ranked)) is not None:
            answers.append(found)
        if assignment.applies(ranked):
            answers.append(by_assignment(ranked))
        if turn % 10 == 0:
            answers.append(by_highs(ranked))
            for rows in ("words", "pairwise"):
                assert total(highs.solve(ranked, rows=rows).chosen) == optimum
        for chosen, lead in answers:
            assert places(chosen) == places(first)
            assert dict(zip(chosen, lead, strict=True)) == margins


@pytest.mark.parametrize("seed", range(30))
def test_search_is_live_sets_on_larger_instances(seed):
    rng = random.Random(seed)
    ranked = weigh(instance(rng, rng.randint(3, 9), rng.randint(10, 40), rng.randint(20, 60), rng.randint(2, 8), ties=seed % 3 > 0), 0.0)
    found = search.solve(ranked)
    assert found is not None
    assert with_margins(*found) == with_margins(*live_sets.solve(ranked))


@pytest.mark.parametrize("seed", range(6))
def test_highs_is_live_sets_on_larger_instances(seed):
    ranked = weigh(instance(random.Random(seed), 7, 25, 60, 5, ties=bool(seed % 2)), 0.0)
    chosen, margins = live_sets.solve(ranked)
    assert with_margins(*by_highs(ranked)) == with_margins(chosen, margins)
    assert total(highs.solve(ranked, rows="pairwise").chosen) == total(chosen)


@pytest.mark.parametrize("seed", range(6))
def test_assignment_is_live_sets_on_larger_instances(seed):
    rng = random.Random(seed)
    ranked = weigh(instance(rng, 9, 12, 80, 1, ties=bool(seed % 2)), 0.0)
    assert assignment.applies(ranked)
    assert with_margins(*by_assignment(ranked)) == with_margins(*live_sets.solve(ranked))


@pytest.mark.parametrize("seed", range(3))
def test_search_is_highs_with_two_spans_per_entity(seed):
    ranked = weigh(instance(random.Random(seed), 4, 15, 30, ties=bool(seed % 2)), 0.0)
    found = search.solve(ranked, 2)
    assert found is not None
    assert with_margins(*by_highs(ranked, 2)) == with_margins(*found)


@pytest.mark.parametrize("seed", range(40))
def test_highs_sees_a_single_unit(seed):
    """Totals that differ by a few units, far below what HiGHS tells apart in scores as they are."""
    rng = random.Random(seed)
    spans = {pair[:3]: pair for pair in instance(rng, rng.randint(2, 7), rng.randint(6, 25), rng.randint(10, 100), 6)}
    ranked = sorted((Weighed((rng.choice([end - start, 2 * (end - start)]) << 37) + rng.randint(-3, 3), entity, start, end)
                     for entity, start, end in spans), key=rank)  # fmt: skip
    assert total(highs.solve(ranked).chosen) == total(live_sets.solve(ranked)[0])


@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_pairs_that_do_not_matter(rng, limit):
    """What is left out changes neither the optimum nor a margin; and something is left out where there is much to choose from."""
    ranked = weigh(instance(rng, rng.randint(1, 5), 10, rng.randint(1, 25), ties=rng.random() < 0.5), 0.0)
    kept = relevant(ranked, limit)
    assert [pair for pair in ranked if pair in kept] == kept
    wanted, found = search.solve(ranked, limit), search.solve(kept, limit)
    assert wanted is not None
    assert found == wanted
    assert total(wanted[0]) <= bound(ranked, limit)
    dense = weigh([Pair(entity, start, start + 2, rng.random()) for entity in range(3) for start in range(100)], 0.0)
    assert len(relevant(dense)) < 100


def test_the_search_gives_up_and_does_not_fall_down():
    crowd = weigh([Pair(entity, start, start + 3, 1 + entity * start % 11 / 13) for entity in range(30) for start in range(20)], 0.0)
    assert search.solve(crowd) is None
    chain = weigh([Pair(entity, entity, entity + 2, 1.0) for entity in range(5000)], 0.0)
    assert search.solve(chain) is None
    assert search.solve(weigh([Pair(0, start, start + 1, 1.0) for start in range(5000)], 0.0), limit=5000) is None


def test_bits_are_used_again_where_entities_follow_each_other():
    """A chain of 400 entities, each overlapping the next: 2 ** 400 sets, of which only a few can matter at a word."""
    ranked = weigh([Pair(entity, 2 * entity + shift, 2 * entity + shift + 3, 0.5) for entity in range(400) for shift in (0, 1)], 0.0)
    assert live_sets.applies(ranked)
    crowd = weigh([Pair(entity, start, start + 3, 1.0) for entity in range(30) for start in range(20)], 0.0)
    assert not live_sets.applies(crowd)


def test_assignment_applies_to_spans_that_are_equal_or_disjoint():
    assert assignment.applies(weigh([Pair(0, 0, 2, 1.0), Pair(1, 0, 2, 1.0), Pair(1, 2, 3, 1.0)], 0.0))
    assert not assignment.applies(weigh([Pair(0, 0, 2, 1.0), Pair(1, 1, 2, 1.0)], 0.0))
    # Too great for the whole numbers of floating point.
    assert not assignment.applies(weigh([Pair(0, 0, 2, 9000.0)], 0.0))


def test_highs_keeps_forced_pairs():
    ranked = weigh([Pair(0, 0, 2, 1.0), Pair(1, 1, 3, 0.5), Pair(0, 4, 5, 0.25)], 0.0)
    weakest = ranked[2]
    assert places(highs.solve(ranked, forced=[weakest]).chosen) == [(0, 4, 5), (1, 1, 3)]
    assert highs.solve([]).chosen == []


def test_margins_are_in_units_of_the_score():
    found, margins = live_sets.solve(weigh([Pair(0, 0, 1, 1.0), Pair(0, 1, 2, 0.75)], 0.0))
    assert places(found) == [(0, 0, 1)]
    assert margins == [UNITS // 4]


def test_rank_order():
    ranked = weigh([Pair(1, 0, 1, 0.5), Pair(0, 0, 1, 0.5), Pair(0, 2, 4, 0.5), Pair(0, 1, 2, 0.5), Pair(2, 9, 10, 0.75)], 0.0)
    assert [pair[1:] for pair in ranked] == [(2, 9, 10), (0, 2, 4), (0, 0, 1), (1, 0, 1), (0, 1, 2)]
    assert all(rank(one) < rank(other) for one, other in pairwise(ranked))
