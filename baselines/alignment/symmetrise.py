"""Links of both directions made into one set: the heuristics of phrase-based translation (Koehn, Och and Marcu 2003; Moses' `symal`).

From the links that both directions have, grow-diag adds links of either that touch one already taken, and then, as *final* (or
*final-and*), links of words that have none on either side (or on both).
"""

from collections.abc import Iterable

from .links import Link, Links

HEURISTICS = ("intersection", "grow-diag", "grow-diag-final-and", "grow-diag-final", "union")

_AROUND = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def symmetrise(forward: Links, reverse: Links, heuristic: str) -> Links:
    """The links of one of `HEURISTICS`. Both directions are given as (source, target)."""
    if heuristic == "intersection":
        return forward & reverse
    if heuristic == "union":
        return forward | reverse
    grown = _Growing(forward & reverse)
    grown.grow(forward | reverse)
    if heuristic != "grow-diag":
        grown.finish(forward, both_free=heuristic.endswith("and"))
        grown.finish(reverse, both_free=heuristic.endswith("and"))
    return frozenset(grown.links)


class _Growing:
    """Links taken so far, and the words that have one."""

    def __init__(self, links: Iterable[Link]) -> None:
        self.links: set[Link] = set()
        self.sources: set[int] = set()
        self.targets: set[int] = set()
        for link in links:
            self._take(link)

    def grow(self, union: Links) -> None:
        """Take links of `union` beside one taken, where one of the two words has none yet, until nothing more is added."""
        added = True
        while added:
            added = False
            for link in sorted(self.links):
                for down, right in _AROUND:
                    beside = Link(link.source + down, link.target + right)
                    free = beside.source not in self.sources or beside.target not in self.targets
                    if free and beside in union:
                        self._take(beside)
                        added = True

    def finish(self, direction: Links, *, both_free: bool) -> None:
        """Take links of a direction whose words (one of them, or both) have none yet."""
        for link in sorted(direction):
            free = [link.source not in self.sources, link.target not in self.targets]
            if all(free) if both_free else any(free):
                self._take(link)

    def _take(self, link: Link) -> None:
        self.links.add(link)
        self.sources.add(link.source)
        self.targets.add(link.target)
