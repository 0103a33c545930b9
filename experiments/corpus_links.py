"""The links behind the reports and rows, aligned by eflomal and stored in `links/` (see `alignment.stored`)."""

from collections.abc import Sequence
from pathlib import Path

from boundarybench_baselines.alignment import statistical, stored_links
from boundarybench_baselines.alignment.links import Links, WordPair
from boundarybench_baselines.alignment.statistical import Directions

from .corpora import Corpus

STORE = Path(__file__).parent / "data" / "links"


def align(corpora: Sequence[Corpus], parallel: Sequence[WordPair] = ()) -> list[list[Directions]]:
    """Links of all sentences of `corpora`, aligned together and with `parallel` text."""
    pairs = [(item.source, item.target) for corpus in corpora for item in corpus.items]
    links = iter(statistical.align(pairs, parallel))
    return [[next(links) for _ in corpus.items] for corpus in corpora]


def store(name: str, links: Sequence[Directions]) -> None:
    """Keep the links of a set."""
    stored_links.store(STORE / name, links)


def load(name: str) -> list[Directions]:
    """The stored links of a set; raises as `stored.load`."""
    return stored_links.load(STORE / name)


def intersected(links: Sequence[Directions]) -> list[Links]:
    """The links that both directions have: the most precise choice, and the best one on MasakhaNER 2.0 dev (docs/projection.md)."""
    return [pair.forward & pair.reverse for pair in links]
