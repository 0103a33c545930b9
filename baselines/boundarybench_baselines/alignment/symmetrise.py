"""Links of both directions made into one set: the heuristics of phrase-based translation (Koehn et al. 2005; Moses' `symal`).

From the links that both directions have, grow-diag adds links of either that touch one already taken, and then, as *final* (or
*final-and*), links of words that have none on either side (or on both). What is added depends on the order in which links are met;
here, as in `symal`, that is by target word, then by source word.
"""

from collections.abc import Iterable
from typing import Literal, get_args

from .links import Link, Links

Heuristic = Literal["intersection", "grow-diag", "grow-diag-final-and", "grow-diag-final", "union"]
HEURISTICS: tuple[Heuristic, ...] = get_args(Heuristic)
#: One of the directions alone, or both combined.
Choice = Literal["forward", "reverse"] | Heuristic

_AROUND = ((0, -1), (-1, 0), (0, 1), (1, 0), (-1, -1), (1, -1), (-1, 1), (1, 1))


def symmetrise(forward: Links, reverse: Links, heuristic: Choice) -> Links:
    """The links of one of `HEURISTICS`, or of one direction. Both directions are given as (source, target).

    The intersection is part of grow-diag, that of both *final* forms, and they of the union. Grow-diag-final links every word that
    the union links; it mostly, but not always, contains grow-diag-final-and.
    """
    if heuristic in ("forward", "reverse"):
        return forward if heuristic == "forward" else reverse
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


def _by_target(link: Link) -> tuple[int, int]:
    return link.target, link.source


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
        order = sorted(union, key=_by_target)  # a link taken in a round is met in that round if it comes later
        added = True
        while added:
            added = False
            for link in order:
                if link in self.links:
                    added |= self._take_beside(link, union)

    def _take_beside(self, link: Link, union: Links) -> bool:
        added = False
        for source, target in _AROUND:
            beside = Link(link.source + source, link.target + target)
            if beside in union and (beside.source not in self.sources or beside.target not in self.targets):
                self._take(beside)
                added = True
        return added

    def finish(self, direction: Links, *, both_free: bool) -> None:
        """Take links of a direction whose words (one of them, or both) have none yet."""
        for link in sorted(direction, key=_by_target):
            free = [link.source not in self.sources, link.target not in self.targets]
            if all(free) if both_free else any(free):
                self._take(link)

    def _take(self, link: Link) -> None:
        self.links.add(link)
        self.sources.add(link.source)
        self.targets.add(link.target)
