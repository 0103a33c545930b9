"""Every solver against brute force, and against each other; acceptance tests 7 and 8 of the design."""

import math
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baselines.projection.matching import assignment, exact, greedy, highs, live_sets
from baselines.projection.matching.instance import UNITS, Pair, total, weigh
from baselines.projection.matching.settle import settle

sys.path.insert(0, str(Path(__file__).parent))
from brute_force import best

#: Few values, so that ties are everywhere.
SCORES = (0.25, 0.5, 0.75, 1.0, 1 / 3, 2 / 3)


def instance(rng: random.Random, entities: int, words: int, pairs: int, longest: int = 4, *, ties: bool = True) -> list[Pair]:
    spans = set()
    for _ in range(pairs):
        start = rng.randrange(words)
        spans.add((rng.randrange(entities), start, rng.randint(start + 1, min(words, start + longest))))
    return [Pair(*span, rng.choice(SCORES) if ties else rng.uniform(0.1, 1)) for span in sorted(spans)]


def by_highs(pairs, forced):
    return highs.solve(pairs, forced=forced).chosen


def places(chosen):
    return sorted((pair.entity, pair.start, pair.end) for pair in chosen)


@pytest.mark.parametrize("seed", range(4))
def test_exact_is_brute_force_with_its_ties_and_margins(seed):
    rng = random.Random(seed)
    solvers = set()
    for _ in range(500):
        longest = rng.choice([1, 4])  # spans of one word are disjoint: an assignment
        pairs = instance(rng, rng.randint(1, 4), rng.randint(1, 8), rng.randint(1, 9), longest)
        optimum, first, margins = best(weigh(pairs, 0.1))
        found = exact.solve(pairs, offset=0.1)
        solvers.add(found.solver)
        assert found.optimal
        assert places(found.chosen) == places(first)
        assert found.objective == pytest.approx(optimum / UNITS, abs=1e-9)
        assert dict(zip(map(tuple, found.chosen), found.margins, strict=True)) == {
            (pair.entity, pair.start, pair.end, {each[:3]: each.score for each in pairs}[pair[1:]]): margin / UNITS
            for pair, margin in margins.items()
        }
        assert found.margin == (min(found.margins) if found.margins else None)
    assert solvers == {"argmax", "assignment", "live-sets"}


@pytest.mark.parametrize("seed", range(3))
def test_each_solver_alone_is_brute_force(seed):
    rng = random.Random(100 + seed)
    for turn in range(200):
        pairs = instance(rng, rng.randint(1, 4), rng.randint(1, 8), rng.randint(1, 9), rng.choice([1, 4]))
        ranked = weigh(pairs, 0.0)
        optimum, first, margins = best(ranked)
        wanted = (places(first), margins)
        answers = [live_sets.solve(ranked)]
        if assignment.applies(ranked):
            answers.append(settle(ranked, assignment.solve))
        if turn % 8 == 0:
            answers.append(settle(ranked, by_highs))
            for rows in ("words", "pairwise"):
                assert total(highs.solve(ranked, rows=rows).chosen) == optimum
        for chosen, lead in answers:
            assert (places(chosen), dict(zip(chosen, lead, strict=True))) == wanted


@pytest.mark.parametrize("seed", range(6))
def test_solvers_agree_on_larger_instances(seed):
    rng = random.Random(seed)
    pairs = instance(rng, 7, 25, 60, 5, ties=bool(seed % 2))
    ranked = weigh(pairs, 0.0)
    chosen, margins = live_sets.solve(ranked)
    other, lead = settle(ranked, by_highs)
    assert places(chosen) == places(other)
    assert dict(zip(chosen, margins, strict=True)) == dict(zip(other, lead, strict=True))
    assert total(highs.solve(ranked, rows="pairwise").chosen) == total(chosen)


def test_bits_are_used_again_where_entities_follow_each_other():
    """A chain of 40 entities, each overlapping the next: one component, few live at once."""
    pairs = [Pair(entity, 2 * entity + shift, 2 * entity + shift + 3, 0.5 + shift / 10) for entity in range(40) for shift in (0, 1)]
    ranked = weigh(pairs, 0.0)
    assert max(live_sets.bits(ranked).values()) < 6
    found = exact.solve(pairs)
    assert found.solver == "live-sets"
    assert total(by_highs(ranked, [])) / UNITS == pytest.approx(found.objective, abs=1e-9)


def test_many_live_entities_go_to_highs():
    pairs = [Pair(entity, start, start + 2, 1 + (entity * start) % 7 / 10) for entity in range(16) for start in range(12)]
    found = exact.solve(pairs)
    assert (found.solver, found.optimal) == ("highs", True)
    assert len(found.chosen) == 6
    assert found.objective == pytest.approx(total(by_highs(weigh(pairs, 0.0), [])) / UNITS)


def test_where_the_linear_relaxation_is_not_integral():
    odd_cycle = [Pair(0, 0, 1, 2.0), Pair(0, 1, 2, 2.0), Pair(1, 0, 2, 1.0)]
    assert exact.solve(odd_cycle).objective == 2.0
    one_entity = [Pair(0, 0, 3, 2.4), Pair(0, 0, 1, 1.0), Pair(0, 1, 2, 1.0), Pair(0, 2, 3, 1.0)]
    assert exact.solve(one_entity, limit=2).objective == pytest.approx(2.4)


def test_the_thesis_example_and_greedy_with_two_spans():
    pairs = [Pair(0, 1, 3, 0.2), Pair(0, 2, 4, 0.3), Pair(0, 3, 6, 0.2)]
    assert exact.solve(pairs, limit=2).objective == pytest.approx(0.4)
    assert greedy.solve(pairs, limit=2).objective == pytest.approx(0.3)
    both = [Pair(0, 1, 3, 0.9), Pair(0, 4, 5, 0.8)]
    assert greedy.solve(both, limit=2).chosen == tuple(both)  # the published code stops after the first
    assert greedy.solve(both, limit=1).chosen == (both[0],)


def test_several_spans_per_entity_against_brute_force():
    rng = random.Random(5)
    for _ in range(25):
        pairs = instance(rng, 2, 6, 7, 3)
        optimum, first, margins = best(weigh(pairs, 0.0), limit=2)
        found = exact.solve(pairs, limit=2)
        assert round(found.objective * UNITS) == pytest.approx(optimum, abs=8)
        assert places(found.chosen) == places(first)
        assert sorted(found.margins) == sorted(margin / UNITS for margin in margins.values())


@given(st.randoms(use_true_random=False))
def test_greedy_stays_within_its_bound_and_is_what_exact_gives_where_it_is_optimal(rng):
    pairs = instance(rng, rng.randint(1, 5), 10, rng.randint(1, 20))
    longest = max(pair.end - pair.start for pair in pairs)
    taken, optimum = greedy.solve(pairs), exact.solve(pairs)
    assert optimum.objective / (longest + 1) <= taken.objective + 1e-9
    assert taken.objective <= optimum.objective + 1e-9
    if math.isclose(taken.objective, optimum.objective, abs_tol=1e-9):
        assert taken.chosen == optimum.chosen


def test_the_offset_drops_pairs_and_is_taken_off():
    pairs = [Pair(0, 0, 1, 0.5), Pair(1, 2, 3, 0.75)]
    found = exact.solve(pairs, offset=0.5)
    assert found.chosen == (pairs[1],)
    assert found.objective == 0.25
    assert greedy.solve(pairs, offset=0.5).chosen == found.chosen
    assert exact.solve(pairs, offset=0.8).chosen == ()
    assert exact.solve([]).margin is None


def test_ties_go_to_the_longer_then_the_earlier_span_then_the_earlier_entity():
    assert exact.solve([Pair(0, 4, 5, 1.0), Pair(0, 0, 2, 1.0)]).chosen[0][1:3] == (0, 2)
    assert exact.solve([Pair(0, 4, 5, 1.0), Pair(0, 1, 2, 1.0)]).chosen[0][1:3] == (1, 2)
    assert exact.solve([Pair(1, 0, 1, 1.0), Pair(0, 0, 1, 1.0)]).chosen[0].entity == 0
    assert exact.solve([Pair(1, 0, 1, 1.0), Pair(0, 0, 1, 1.0)]).margins == (0.0,)


@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_a_score_that_is_no_number_is_refused(score):
    with pytest.raises(ValueError, match="score of entity 3"):
        exact.solve([Pair(3, 0, 1, score)])


def test_an_empty_or_repeated_span_is_refused():
    with pytest.raises(ValueError, match="empty"):
        greedy.solve([Pair(0, 2, 2, 1.0)])
    with pytest.raises(ValueError, match="twice"):
        exact.solve([Pair(0, 0, 1, 0.5), Pair(0, 0, 1, 1.0)])


def test_out_of_time_is_said():
    rng = random.Random(1)
    pairs = instance(rng, 25, 60, 900, 10, ties=False)
    found = exact.solve(pairs, seconds=0.0)
    assert (found.solver, found.optimal, found.margins) == ("highs", False, None)
    assert found.objective >= greedy.solve(pairs).objective - 1e-9
