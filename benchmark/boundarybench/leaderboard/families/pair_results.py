"""What `results/` keeps of the declared pairs."""

from typing import Literal

import msgspec

#: Breakdowns of a suite: what its languages are told apart by. `mean` is the suite's mean over its ranked languages.
Dimension = Literal["mean", "family", "script", "resources", "encoder", "translation"]


class Contrast(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The difference of two systems in a figure; the words are those of `compare`.

    Attributes:
        difference: b - a.
        p_holm: corrected over the languages of the suite, or over the groups of the breakdown; of the suite's mean it is p.
        too_few: of a test set, the interval is too narrow: the systems differ on too few sentences, or at matched recall have too few
            right spans.
    """

    a: float
    b: float
    difference: float
    interval: tuple[float, float]
    method: str
    p: float
    p_holm: float
    too_few: bool = False


class SetContrast(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A pair on one test set.

    Attributes:
        track: the stronger exposure of the two.
        differing: documents, blocks or sentences (`gold.units`) on which the systems' counts differ.
        runs: how many runs each system has; one where it is compared by its main predictions.
        bp50: None where the figure is null for either.
        matched: boundary precision at matched recall; None without scores on both sides.
        recall: the recall that both have there.
    """

    suite: str
    lang: str
    track: Literal["zero-shot", "exposure-unknown", "supervised", "oracle"]
    sentences: int
    differing: int
    runs: tuple[int, int]
    bp50: Contrast | None
    matched: Contrast | None
    recall: float | None


class GroupContrast(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The mean difference over languages of a suite that have something in common; None where no language has the figure."""

    suite: str
    dimension: Dimension
    label: str
    languages: tuple[str, ...]
    bp50: Contrast | None
    matched: Contrast | None


class PairResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A declared pair.

    Attributes:
        a, b: names of the systems; `a` is the baseline.
        budget: what both have alike, as declared.
        contents: the content ids of both submissions when they were compared.
        replicates: of each test of BP@50.
        signatures: by suite, of its mean.
    """

    a: str
    b: str
    budget: str
    contents: tuple[str, str]
    replicates: int
    signatures: dict[str, str]
    sets: tuple[SetContrast, ...]
    groups: tuple[GroupContrast, ...]
