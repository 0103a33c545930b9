"""The value that every aligner gives and every projection takes."""

from typing import NamedTuple


class Link(NamedTuple):
    """A source word and a target word that translate each other: positions from 0."""

    source: int
    target: int


#: The word links of one sentence pair.
Links = frozenset[Link]
