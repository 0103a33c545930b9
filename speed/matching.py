"""Matching speed: `python -m speed.matching`.

1. Sentences per second of every solver on synthetic sentences. The peer is HiGHS, with one row per target word (ours) and with a row for
   each two overlapping spans (as published; up to 40 words). `exact` is what projection runs: it also chooses among ties and gives
   margins, which is more than HiGHS is asked for here.
2. The same links the published way, all n-grams and the published rows, and ours: spans between linked words, and `exact`.

All totals are compared. A solver that does not fit every sentence, or takes more than 30 seconds for one, has no figure. Every figure is
the median of several passes over the same sentences; the solvers take turns.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import NamedTuple

from tabulate import tabulate

from boundarybench_baselines.projection.candidates import between, ngrams
from boundarybench_baselines.projection.matching import exact, greedy, highs, live_sets, search
from boundarybench_baselines.projection.matching.instance import Pair, Weighed, total, weigh

#: Words and entities of a sentence.
SIZES = ((30, 3), (40, 8), (60, 8), (100, 15))
LONGEST = 10
#: Beyond these words the published rows are too many.
PUBLISHED_WORDS = 40
#: What HiGHS may take for one sentence.
SECONDS = 30.0

Sentence = Sequence[Pair]


def main() -> int:
    """Measure, and print the tables as markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    draw = random.Random(0)
    drawn = [(f"{words} words, {entities} entities", [links(words, entities, draw) for _ in range(20)]) for words, entities in SIZES]
    ours = [(f"linked words: {name}", [linked_spans(each) for each in sentences]) for name, sentences in drawn]
    published = [(f"n-grams: {name}", [linked_ngrams(each) for each in sentences]) for name, sentences in drawn]
    dense = [(f"dense: {words} words, {k} entities", [dense_sentence(words, k, draw) for _ in range(2)]) for words, k in SIZES]
    print(table([*ours, *published, *dense], args.runs), end="\n\n")
    print(_both_ways([(name, own, theirs) for (name, own), (_, theirs) in zip(ours, published, strict=True)], args.runs))
    return 0


class Links(NamedTuple):
    """Target words, and for each entity its number of source words and the target words linked to it."""

    words: int
    entities: list[tuple[int, set[int]]]


def links(words: int, entities: int, draw: random.Random) -> Links:
    """Entities of 1 to 4 words side by side, with a link for each word, one in six of them up to 5 words astray."""
    room = words // entities
    drawn = []
    for entity in range(entities):
        length = draw.randint(1, min(4, room))
        place = entity * room + draw.randint(0, room - length)
        shifts = [draw.randint(-5, 5) if draw.random() < 1 / 6 else 0 for _ in range(length)]
        drawn.append((length, {min(max(place + word + shift, 0), words - 1) for word, shift in enumerate(shifts)}))
    return Links(words, drawn)


def linked_spans(sentence: Links) -> list[Pair]:
    """Candidates as ours: spans whose first and last word are linked to the entity."""
    return [_scored(index, entity, span) for index, entity in enumerate(sentence.entities) for span in between(entity[1], LONGEST)]


def linked_ngrams(sentence: Links) -> list[Pair]:
    """Candidates as published: all spans that score."""
    spans = ngrams(sentence.words, LONGEST)
    pairs = [_scored(index, entity, span) for index, entity in enumerate(sentence.entities) for span in spans]
    return [pair for pair in pairs if pair.score > 0]


def _scored(index: int, entity: tuple[int, set[int]], span: tuple[int, int]) -> Pair:
    """A pair with the alignment score."""
    length, linked = entity
    start, end = span
    return Pair(index, start, end, 2 * sum(start <= word < end for word in linked) / (length + end - start))


def dense_sentence(words: int, entities: int, draw: random.Random) -> list[Pair]:
    """Every span of up to 10 words for every entity, at random scores: harder than any model's scores."""
    return [Pair(entity, *span, draw.random()) for entity in range(entities) for span in ngrams(words, LONGEST)]


def table(sets: Iterable[tuple[str, Sequence[Sentence]]], runs: int) -> str:
    """A markdown table with a row for each named set of sentences."""
    headers = ["sentences per second", "pairs", *SOLVERS, *(f"exact / {peer}" for peer in PEERS), "exact used"]
    return tabulate([_row(name, sentences, runs) for name, sentences in sets], headers, tablefmt="github", disable_numparse=True)


def _row(name: str, sentences: Sequence[Sentence], runs: int) -> list[str]:
    rates = _rates(sentences, runs, SOLVERS)
    used = Counter(exact.solve(sentence).solver for sentence in sentences)
    return [
        name,
        f"{sum(map(len, sentences)) / len(sentences):,.0f}",
        *(_figure(rates.get(solver)) for solver in SOLVERS),
        *(_figure(rates["exact"] / rates[peer] if peer in rates else None) for peer in PEERS),
        ", ".join(f"{solver} {count / len(sentences):.0%}" for solver, count in used.most_common()),
    ]


def _both_ways(sets: Iterable[tuple[str, Sequence[Sentence], Sequence[Sentence]]], runs: int) -> str:
    rows = []
    for name, ours, published in sets:
        assert [*map(_exact, ours)] == [*map(_exact, published)], "the reduction lost an optimum"
        rates = _rates(published, runs, ["published rows"]) | _rates(ours, runs, ["exact"])
        if len(rates) == 2:
            rows.append([name, *map(_figure, rates.values()), _figure(rates["exact"] / rates["published rows"])])
    headers = ["sentences per second", "n-grams, published rows", "linked words, exact", "ratio"]
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True)


def _figure(value: float | None) -> str:
    """Three digits."""
    return "" if value is None else f"{float(f'{value:.3g}'):,g}"


def _rates(sentences: Sequence[Sentence], runs: int, solvers: Iterable[str]) -> dict[str, float]:
    """Sentences per second of those solvers that solve all of them."""
    optima = [_exact(sentence) for sentence in sentences]
    seconds: dict[str, list[float]] = {}
    for name in solvers:
        totals = [SOLVERS[name](sentences[0])]  # what fails on the first is not tried on the others
        totals += [SOLVERS[name](sentence) for sentence in sentences[1:] if None not in totals]
        if None not in totals:
            assert name == "greedy" or totals == optima, f"{name} misses the optimum"
            seconds[name] = []
    for _ in range(runs):
        for name, values in seconds.items():
            begin = time.perf_counter()
            for sentence in sentences:
                SOLVERS[name](sentence)
            values.append(time.perf_counter() - begin)
    return {name: len(sentences) / median(values) for name, values in seconds.items()}


def _exact(sentence: Sentence) -> int | None:
    return total(weigh(exact.solve(sentence).chosen, 0.0))


def _greedy(sentence: Sentence) -> int | None:
    return total(weigh(greedy.solve(sentence).chosen, 0.0))


def _search(sentence: Sentence) -> int | None:
    return _by_components(sentence, search.solve)


def _live_sets(sentence: Sentence) -> int | None:
    return _by_components(sentence, lambda ranked: live_sets.solve(ranked) if live_sets.applies(ranked) else None)


def _by_components(sentence: Sentence, solve: Callable[[Sequence[Weighed]], tuple[list[Weighed], list[int]] | None]) -> int | None:
    answers = [solve(component) for component in exact.components(weigh(sentence, 0.0))]
    return None if None in answers else sum(total(answer[0]) for answer in answers if answer)


def _word_rows(sentence: Sentence) -> int | None:
    return _highs(sentence, "words")


def _published_rows(sentence: Sentence) -> int | None:
    return _highs(sentence, "pairwise") if max(pair.end for pair in sentence) <= PUBLISHED_WORDS else None


def _highs(sentence: Sentence, rows: highs.Rows) -> int | None:
    answer = highs.solve(weigh(sentence, 0.0), rows=rows, seconds=SECONDS)
    return total(answer.chosen) if answer.optimal else None


#: The total in units; None where the solver does not fit or has not ended.
SOLVERS: dict[str, Callable[[Sentence], int | None]] = {
    "greedy": _greedy,
    "exact": _exact,
    "search": _search,
    "live sets": _live_sets,
    "word rows": _word_rows,
    "published rows": _published_rows,
}
PEERS = ("word rows", "published rows")

if __name__ == "__main__":
    sys.exit(main())
