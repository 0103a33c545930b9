"""How far links are from gold: precision, recall and alignment error rate (Och and Ney 2003, section 5)."""

from collections.abc import Iterable
from typing import NamedTuple

from .links import Links
from .pharaoh import Alignment


class Agreement(NamedTuple):
    """Counts over a corpus, for links A, sure gold links S and possible ones P (which include S)."""

    links: int  # |A|
    sure: int  # |S|
    links_in_sure: int  # |A and S|
    links_in_possible: int  # |A and P|

    @property
    def precision(self) -> float:
        """|A and P| / |A|; 0 without links."""
        return self.links_in_possible / self.links if self.links else 0.0

    @property
    def recall(self) -> float:
        """|A and S| / |S|; 0 without sure links."""
        return self.links_in_sure / self.sure if self.sure else 0.0

    @property
    def error_rate(self) -> float:
        """AER = 1 - (|A and S| + |A and P|) / (|A| + |S|); 0 where there is nothing to link."""
        both = self.links + self.sure
        return 1 - (self.links_in_sure + self.links_in_possible) / both if both else 0.0


def compare(links: Iterable[Links], gold: Iterable[Alignment]) -> Agreement:
    """Count over all sentences; the two must correspond one to one.

    Raises:
        ValueError: there are more of one than of the other.
    """
    counts = Agreement(0, 0, 0, 0)
    for each, truth in zip(links, gold, strict=True):
        one = Agreement(len(each), len(truth.sure), len(each & truth.sure), len(each & truth.possible))
        counts = Agreement(*(left + right for left, right in zip(counts, one, strict=True)))
    return counts
