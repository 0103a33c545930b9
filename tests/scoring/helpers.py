"""Small test sets from tags."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from boundarybench.gold.model import Gold, build
from boundarybench.scoring.figures import Figures
from boundarybench.scoring.score import Score, score
from boundarybench.spans import tag_codes

TYPES = ("PER", "ORG", "LOC")


def gold_of(tags: Sequence[Sequence[str]], lang: str = "xx") -> Gold:
    """Gold with invented tokens; sentences are all different."""
    tokens = [[f"w{index}x{place}" for place in range(len(sentence))] for index, sentence in enumerate(tags)]
    return build("test", lang, "test", tags, tokens, TYPES)


def codes_of(tags: Sequence[Sequence[str]]) -> np.ndarray:
    codes = tag_codes(TYPES)
    return np.array([codes[tag] for sentence in tags for tag in sentence], np.uint8)


def score_of(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]], scored: tuple[str, ...] | None = TYPES) -> Score:
    return score(gold_of(gold), codes_of(predicted), TYPES, scored)


def of_group(figures: Figures, name: str) -> tuple[float | None, ...]:
    """The figures of a group, in its order."""
    return tuple(value for key, value in figures.values.items() if key.startswith(f"{name}."))


TAG = st.sampled_from(list(tag_codes(TYPES)))


@st.composite
def tag_pairs(draw: st.DrawFn, sentences: int = 6, tokens: int = 12) -> tuple[list[list[str]], list[list[str]]]:
    """Gold and predicted tags of one shape, with at least one gold entity; any transitions."""
    lengths = draw(st.lists(st.integers(1, tokens), min_size=1, max_size=sentences))
    gold = [draw(st.lists(TAG, min_size=n, max_size=n)) for n in lengths]
    gold[0][0] = "B-PER"
    # Predictions close to gold: errors of every class, not only noise.
    predicted = [[draw(st.one_of(st.just(tag), TAG)) for tag in sentence] for sentence in gold]
    return gold, predicted
