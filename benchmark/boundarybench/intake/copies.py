"""Remarks on spans that a submission shares with gold, or with another row, to an extent that no honest row reaches.

Figures cannot tell gold's own tags, or another row's, from a system that is that good. Nothing is refused: the remarks are for the
reviewer. The limits are measured (docs/decisions.md, "Remarks on equal spans"). Types do not count: a copy can change them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..gold.load import load
from ..gold.model import Gold
from ..leaderboard.store import Track
from ..protocol import MAX_FILE_BYTES
from ..selection import scored_types
from ..spans import Spans, decode
from ..submission import predictions
from ..submission.findings import Findings
from ..submission.folder import is_packed, language_of, unpacked
from ..suites.pins import awaits_pin
from .objects import Repository
from .row_files import Key, RowFile
from .walk import File

#: Shares of a suite's spans from which there is a remark: of systems that read no labels of the language, and of all others.
ZERO_SHOT_LIMIT = 0.90
LIMIT = 0.98
#: Shares of one language's spans; between rows of the same authors every span has to be equal.
LANGUAGE_LIMIT = 0.98
RELATED_LANGUAGE_LIMIT = 1.0
#: Fewer spans than this say nothing. A system that only tags what is easy shares nearly all of its spans with everybody: it is held
#: against gold, or against a row, only if it has that part of their number of spans, in a suite and in one language.
MIN_SPANS = 50
SUITE_PART = 0.25
LANGUAGE_PART = 0.5

_Places = NDArray[np.int64]


class Tally(NamedTuple):
    """Numbers of spans: of the submission, of what it is held against, and those that both have."""

    own: int
    other: int
    equal: int

    def share(self, *, both_ways: bool) -> float:
        """The part of the submission's spans that the other has; `both_ways`: and of the other's that the submission has."""
        return self.equal / max(self.own, self.other if both_ways else 1, 1)


@dataclass(frozen=True, slots=True)
class Remark:
    """More equal spans than any honest row has.

    Attributes:
        run: of the submission; None for its main predictions.
        row, row_run: what has the same spans; `row` is None for gold.
        related: the rows have an author in common. Shares are then taken both ways, since a variant of a system can have all the
            spans of another and some more.
        compared: the languages of the suite in which the submission predicts any span.
        tally: over these languages.
        limit: the share from which a suite is remarked.
        languages: shares of the languages that are over the limit of a language, on their own.
    """

    suite: str
    run: str | None
    row: str | None
    row_run: str | None
    related: bool
    compared: tuple[str, ...]
    tally: Tally
    share: float
    limit: float
    languages: dict[str, float]


class _Side(NamedTuple):
    """What is held against what, in a suite."""

    suite: str
    run: str | None
    row: str | None
    row_run: str | None
    related: bool


@dataclass(slots=True)
class _Tallies:
    of: dict[_Side, dict[str, Tally]] = field(default_factory=dict)

    def add(self, side: _Side, lang: str, own: _Places | None, other: _Places | None) -> None:
        if own is not None and other is not None and len(own):
            equal = len(np.intersect1d(own, other, assume_unique=True))
            self.of.setdefault(side, {})[lang] = Tally(len(own), len(other), equal)


def remarks(
    repository: Repository, files: Iterable[File], rows: Mapping[Key, list[RowFile]], tracks: Mapping[str, Track]
) -> tuple[Remark, ...]:
    """Hold a valid submission against gold and against the rows of main, one test set at a time.

    Args:
        files: of the submission.
        rows: the files of the other rows.
        tracks: of the submission, by suite.

    Raises:
        GoldUnavailable: gold that is needed is not at hand.
    """
    mine: dict[Key, list[tuple[str | None, str, bool]]] = {}
    for file in files:
        if file.path == "system.json":
            continue
        *runs, suite, name = file.path.split("/")  # runs/<seed>/<suite>/<lang>.jsonl, or without a run
        lang = language_of(name)
        if lang is not None and not awaits_pin(suite, lang):
            mine.setdefault((suite, lang), []).append((runs[-1] if runs else None, file.object, is_packed(name)))
    tallies = _Tallies()
    for (suite, lang), own_files in sorted(mine.items()):
        gold = load(suite, lang)
        own = [(run, _read(repository, blob, gold, packed=packed)) for run, blob, packed in own_files]
        for run, places in own:
            tallies.add(_Side(suite, run, None, None, related=False), lang, places, _places(gold.spans, suite))
        for row in rows.get((suite, lang), []):
            theirs = _read(repository, row.object, gold, packed=row.packed)
            for run, places in own:
                tallies.add(_Side(suite, run, row.row, row.run, row.related), lang, places, theirs)
    found = [_remark(side, of_langs, tracks.get(side.suite, "zero-shot")) for side, of_langs in tallies.of.items()]
    # Gold first, then the largest share.
    return tuple(sorted((each for each in found if each), key=lambda each: (each.suite, each.row is not None, -each.share)))


def _read(repository: Repository, blob: str, gold: Gold, *, packed: bool) -> _Places | None:
    """The places of the spans in a prediction file; None where main has let in what cannot be read."""
    stored = repository.blob(blob, MAX_FILE_BYTES)
    data = unpacked(stored, blob, Findings()) if packed else stored
    prediction = None if data is None else predictions.read(data, blob, gold, Findings())
    return None if prediction is None else _places(decode(prediction.codes, gold.lengths, prediction.types)[0], gold.suite)


def _places(spans: Spans, suite: str) -> _Places:
    """Start and end of each span of a scored type as one number."""
    scored = spans.of_types(scored_types(suite))
    return scored.start.astype(np.int64) << 32 | scored.end


def _remark(side: _Side, of_langs: Mapping[str, Tally], track: Track) -> Remark | None:
    """What there is to remark of a suite; None where honest rows have as many spans in common."""
    limit = ZERO_SHOT_LIMIT if track in ("zero-shot", "exposure-unknown") and not side.related else LIMIT
    language_limit = RELATED_LANGUAGE_LIMIT if side.related else LANGUAGE_LIMIT
    total = Tally(*(sum(column) for column in zip(*of_langs.values(), strict=True)))
    share = total.share(both_ways=side.related)
    languages = {
        lang: tally.share(both_ways=side.related)
        for lang, tally in of_langs.items()
        if _counts(tally, LANGUAGE_PART) and tally.share(both_ways=side.related) >= language_limit
    }
    if not languages and not (_counts(total, SUITE_PART) and share >= limit):
        return None
    return Remark(*side, tuple(of_langs), total, share, limit, languages)


def _counts(tally: Tally, part: float) -> bool:
    return tally.own >= MIN_SPANS and tally.own >= part * tally.other
