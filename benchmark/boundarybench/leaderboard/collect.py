"""From submission folders to a board: what changed is validated and scored, the rest is kept as it was."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from ..gold.load import load, suite_of
from ..gold.units import block_length
from ..protocol import RANK_FIGURE, VERSION
from ..report import as_json, evaluate
from ..result import Result
from ..scoring.figures import at, named, stored
from ..scoring.score import sentence_counts
from ..selection import Selection, scored_types
from ..submission import predictions, system_json
from ..submission.findings import Findings, FindingsError
from ..submission.folder import PredictionFile, Submission, read_file, scan
from ..suites.manifests import known as known_suites
from ..suites.manifests import packaged
from ..suites.pins import Pin, awaits_pin, pinned, ranked
from ..suites.suite import Suites
from ..uncertainty.over_languages import OverLanguages
from .contents import contents
from .families import pairs
from .families.compute import compare_pairs
from .families.declared import when_declared
from .paired_tests import paired_tests
from .readings import Readings
from .signatures import OVERALL, OVERALL_SUITES, overall_signature
from .store import Board, Entry, Figures, Interval, LanguageRow, MeanRow, SystemFacts, Track

log = logging.getLogger("boundarybench")

Progress = Callable[[Sequence[str]], Iterable[str]]


def collect(root: Path, before: Board | None, progress: Progress = iter, *, own_suites: bool = False) -> Board:
    """The board of the submissions in `root`.

    Args:
        before: the board as it was; an entry is kept where the folder's content, the pinned gold and the set of figures are the same.
        progress: wraps the names of the submissions that are scored.
        own_suites: whether predictions may be of a user's own suites too, which never rank: for whoever looks at them, not for the board.

    Raises:
        FindingsError: submissions that are not valid, all of them with all findings.
        GoldUnavailable: gold of a changed submission, or of one that it must be tested against, is not at hand.
    """
    found = contents(root)
    known = before.entries if before else {}
    entries = {name: entry for name, entry in known.items() if is_fresh(entry, found.get(name))}
    noted, findings = Findings(), Findings()
    declared = pairs.read(root, noted)
    readings = Readings(root, {name for pair in declared for name in (pair.a, pair.b)})
    for name in progress([name for name in found if name not in entries]):
        findings.next_submission()
        entry = _score_folder(root / name, found[name], readings, findings, known_suites() if own_suites else packaged())
        if entry is not None:
            entries[name] = entry
    if findings.errors:
        raise FindingsError(findings)
    for line in filter(None, str(findings).split("\n")):
        log.warning(line)
    board = Board(VERSION, {name: entries[name] for name in found})
    unchanged = {name for name, entry in known.items() if _same_predictions(entry, found.get(name))}
    declared = pairs.check(declared, board.entries, root, noted)
    # Pairs that may not be compared are named and left out: one line must not keep a whole board from being written.
    for line in filter(None, str(noted).split("\n")):
        log.warning(line)
    return msgspec.structs.replace(
        board,
        tests=paired_tests(readings, board, before, unchanged),
        pairs=compare_pairs(readings, board, declared, before, unchanged, when_declared(root, declared)),
    )


def is_fresh(entry: Entry, content: str | None) -> bool:
    """Whether an entry is what its folder would give: predictions and gold are the same, and it has the figures that there are now."""
    figures = set(stored())
    return _same_predictions(entry, content) and all(found.keys() == figures for found in _all_figures(entry))


def _all_figures(entry: Entry) -> Iterator[Figures]:
    yield from (row.figures for row in entry.rows)
    yield from (mean.figures for mean in entry.means)


def _same_predictions(entry: Entry, content: str | None) -> bool:
    """Whether an entry was made of what the folder holds now, and of the gold that is pinned now, drawn in blocks as it is now."""
    same_gold = all(
        (pin := pinned(row.suite, row.lang)) and pin.structure == row.fingerprint and row.block == _block(row.suite, pin)
        for row in entry.rows
    )
    return entry.content == content and same_gold and all(awaits_pin(*pair.split("/")) for pair in entry.unscored)


def _block(suite: str, pin: Pin) -> int:
    """How many sentences of a pinned test set are drawn together."""
    return block_length(suite_of(suite).sentences, pin.sentences, pin.documents or 0)


def score_submission(folder: Path, content: str) -> Entry:
    """Validate and score one submission folder; `content` is its content id.

    Raises:
        FindingsError: it is not valid.
        GoldUnavailable: gold that it needs is not at hand.
    """
    findings = Findings()
    entry = _score_folder(folder, content, Readings(folder.parent), findings, packaged())
    if entry is None:
        raise FindingsError(findings)
    return entry


def _score_folder(folder: Path, content: str, readings: Readings, findings: Findings, suites: Suites) -> Entry | None:
    """The entry of a submission; None where there are errors, its own or of another submission before it."""
    if folder.is_symlink():
        findings.add("not-a-regular-file", str(folder), None, "a link stands where a submission folder belongs")
        return None
    submission = scan(folder, findings, suites)
    said = system_json.check(submission, findings)
    if submission.files and all(file.run is not None for file in submission.files):
        findings.add("no-predictions", str(folder), None, "there are only runs; the board shows <suite>/<lang>.jsonl")
    results = [result for file in findings.until_enough(submission.files) if (result := _score(file, readings, findings)) is not None]
    return None if findings.errors or said is None else _entry(submission, said, results, content)


def _score(file: PredictionFile, readings: Readings, findings: Findings) -> Result | None:
    """The result of one prediction file; None where there is none: it has errors, is a run, or no gold is pinned for it.

    What nobody has pinned is not scored, even where a copy is at hand: another machine could not give the same board.
    """
    if awaits_pin(file.suite, file.lang):
        return None
    gold = load(file.suite, file.lang)
    data = read_file(file.path, str(file.path), findings)
    prediction = predictions.read(data, str(file.path), gold, findings) if data is not None else None
    # Findings elsewhere in the folder do not stop the reading, so that all come in one pass; they do stop the scoring.
    if prediction is None or findings.errors:
        return None
    if file.run is not None:
        if readings.is_compared(file.path):
            readings.keep(file.path, gold, prediction, sentence_counts(gold, prediction.codes, prediction.types, scored_types(gold.suite)))
        return None
    result = evaluate(gold, prediction, Selection())
    readings.keep(file.path, gold, prediction, result.score.counts)
    return replace(result, resampled={RANK_FIGURE: result.resampled[RANK_FIGURE]})


def _entry(submission: Submission, said: Mapping[str, Any], results: list[Result], content: str) -> Entry:
    """The entry of a valid submission; `said` is what its system.json holds."""
    tracks: dict[str, Track] = said["tracks"]
    report = as_json(results)
    pairs = zip(results, report["results"], strict=True)
    rows = tuple(_row(result, row, tracks.get(f"{result.suite}/{result.lang}", tracks["default"])) for result, row in pairs)
    means = [_mean(suite, mean) for suite, mean in report["means"].items()]
    if "overall" in report:
        means.append(_overall(results, report["overall"]))
    return Entry(
        name=submission.path.name,
        content=content,
        system=msgspec.convert(said, SystemFacts),
        rows=rows,
        means=tuple(means),
        unscored=tuple(f"{file.suite}/{file.lang}" for file in submission.files if file.run is None and awaits_pin(file.suite, file.lang)),
    )


def _row(result: Result, row: Mapping[str, Any], track: Track) -> LanguageRow:
    predicted, gold, exact, typed = result.score.counts.sum(axis=0).tolist()
    pin = pinned(result.suite, result.lang)
    return LanguageRow(
        suite=result.suite,
        lang=result.lang,
        track=track,
        signature=result.signature,
        fingerprint=result.fingerprint,
        pinned=result.pinned,
        missing=result.missing,
        sentences=row["sentences"],
        tokens=row["tokens"],
        gold=gold,
        predicted=predicted,
        exact=exact,
        typed_correct=typed,
        figures=_figures(row),
        interval=_interval(row),
        errors=dict(row["errors"]),
        block=None if pin is None else _block(result.suite, pin),
    )


def _mean(suite: str, mean: Mapping[str, Any]) -> MeanRow:
    return MeanRow(
        suite=suite,
        signature=mean["signature"],
        languages=tuple(mean["languages"]),
        missing_languages=tuple(mean["missing_languages"]),
        complete=mean["complete"],
        figures=_figures(mean),
        interval=_interval(mean),
        over_languages=_over_languages(mean),
    )


def _figures(tree: Mapping[str, Any]) -> Figures:
    """The board's figures from a report's; a mean over no language has none.

    A mean of what not all predictions have scores for would stand beside means over all languages: there is none.
    """
    nulls = tree.get("nulls", {})
    return {name: None if name in nulls and named(name).compute is None else at(tree, name) for name in stored()}


def _interval(tree: Mapping[str, Any]) -> Interval | None:
    low, high = tree["intervals"].get(RANK_FIGURE, (None, None))
    return None if low is None else (low, high)


def _over_languages(tree: Mapping[str, Any]) -> OverLanguages | None:
    found = tree["over_languages"].get(RANK_FIGURE)
    return found and OverLanguages(**found)


def _overall(results: list[Result], mean: Mapping[str, Any]) -> MeanRow:
    """The mean of the two suite means."""
    inside = [row for suite in OVERALL_SUITES for row in results if row.suite == suite.name and row.lang in ranked(suite)]
    return MeanRow(
        suite=OVERALL,
        signature=overall_signature([row.fingerprint for row in inside]),
        languages=tuple(f"{row.suite}/{row.lang}" for row in inside),
        missing_languages=(),
        complete=True,
        figures=_figures(mean),
        interval=_interval(mean),
        over_languages=_over_languages(mean),
    )
