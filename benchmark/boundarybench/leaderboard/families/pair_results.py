"""What `results/` keeps of the declared pairs."""

from typing import Literal

import msgspec

from ...protocol import RANK_FIGURE
from ...scoring.ranking import NAMES
from ...uncertainty.over_languages import OverLanguages

#: Whether a pair was declared before there were figures of either system (`families.declared`).
Declared = Literal["beforehand", "afterwards", "not known"]

#: Breakdowns of a suite: what its languages are told apart by. `mean` is the suite's mean over its ranked languages.
Dimension = Literal["mean", "family", "script", "resources", "encoder", "translation"]

#: The figures that pairs are compared in: the rank figure, and those of the order of spans where both systems give scores.
COMPARED = (RANK_FIGURE, *NAMES)


class Contrast(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The difference of two systems in a figure; the words are those of `compare`.

    Attributes:
        difference: b - a.
        interval: over the sentences of the test set, or of the languages of a mean.
        p_holm: corrected over the languages of the suite, or over the groups of the breakdown; of the suite's mean it is p.
        too_few: of a test set, the interval is too narrow: the systems differ on too few sentences, or, in a figure of the order of spans,
            have too few right ones.
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
        differences: by figure (`COMPARED`); without those that are null for either, or need scores that either lacks.
    """

    suite: str
    lang: str
    track: Literal["zero-shot", "exposure-unknown", "supervised", "oracle"]
    sentences: int
    differing: int
    runs: tuple[int, int]
    differences: dict[str, Contrast]


class GroupContrast(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The mean difference over languages of a suite that have something in common.

    Attributes:
        differences: by figure, over the languages that have it; without figures that none has.
        over_languages: the same where these languages are a sample of languages; without figures that too few have.
    """

    suite: str
    dimension: Dimension
    label: str
    languages: tuple[str, ...]
    differences: dict[str, Contrast]
    over_languages: dict[str, OverLanguages]


class PairResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A declared pair.

    Attributes:
        a, b: names of the systems; `a` is the baseline.
        declared: when, as the history of git last told it.
        contents: the content ids of both submissions when they were compared.
        figures: what they were compared in; a result of other figures than `COMPARED` is of an older boundarybench, and made anew.
        replicates: of each test of the rank figure.
        signatures: by suite, of its mean.
    """

    a: str
    b: str
    declared: Declared
    contents: tuple[str, str]
    figures: tuple[str, ...]
    replicates: int
    signatures: dict[str, str]
    sets: tuple[SetContrast, ...]
    groups: tuple[GroupContrast, ...]


class StoredForm(msgspec.Struct):
    """What of a stored pair tells its form. An older one, of other figures or without `declared`, is made anew."""

    figures: tuple[str, ...] = ()
    declared: Declared | None = None

    @property
    def is_current(self) -> bool:
        """Whether a `PairResult` is stored."""
        return self.figures == COMPARED and self.declared is not None
