"""Project whole files: every target sentence is written, and whatever could not be used is reported, never swallowed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from boundarybench.columns import BOM
from boundarybench.errors import DataError, UsageError
from boundarybench.spans import OUTSIDE
from boundarybench.submission import kinds

from .lines import BadLine, Problem, open_twice
from .link_file import LinkFile
from .outcome import Projection
from .project import project
from .project_files import TargetSentence, Translations, targets
from .settings import Settings


@dataclass(slots=True)
class ProjectionReport:
    """What happened: counts of sentences and of the fates of entities, all problems in the files, and doubts about them as a whole."""

    sentences: int = 0
    translated: int = 0
    untranslated: int = 0
    unusable: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    not_optimal: int = 0
    unasked: int = 0
    problems: list[Problem] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def project_files(
    paths: tuple[Path, Path, Path],
    settings: Settings,
    output: BinaryIO,
    record: BinaryIO | None,
    *,
    base: int = 0,
    swap: bool = False,
    watch: Callable[[Iterable[TargetSentence]], Iterable[TargetSentence]] = iter,
) -> ProjectionReport:
    """Write a prediction for every sentence of the target file, in its order.

    Args:
        paths: the files of target sentences, translations and links (see `files`).
        settings: the method's.
        output: takes `{"id", "tags"}`, a line per sentence.
        record: takes what became of each entity, a line per sentence.
        base: what positions in links count from, 0 or 1.
        swap: links are written target position first.
        watch: wraps the sentences, to show progress.

    Raises:
        UsageError: a file cannot be opened or read more than once; links and translations differ in lines, or links are misnumbered;
            or no translation is of a target sentence.
        DataError: a file is of another kind.
    """
    report = ProjectionReport()
    with ExitStack() as stack:
        target, translation, links = (stack.enter_context(open_twice(path)) for path in paths)
        _check_kinds(zip(paths, (target, translation, links), (True, True, False), strict=True))
        link_file = LinkFile(links, paths[2], base=base, swap=swap)
        translations = Translations(translation, paths[1], link_file)
        report.problems += translations.problems
        for sentence in watch(_usable(targets(target, paths[0]), report)):
            line, entry = _line(sentence, translations, settings, report)
            output.write(msgspec.json.encode(line) + b"\n")
            if record is not None:
                record.write(msgspec.json.encode(entry) + b"\n")
        report.unasked = len(translations) - report.translated - report.unusable
        report.doubts = [*translations.doubts, *link_file.doubts()]
    if report.sentences == report.untranslated > 0 and not translations.problems:
        raise UsageError(f"{paths[1]}: no-translation-asked-for: {len(translations)} translations, none with the id of a target sentence")
    return report


def _check_kinds(files: Iterable[tuple[Path, BinaryIO, bool]]) -> None:
    """Files of another kind, each named once. Raises DataError."""
    wrong = []
    for path, file, json_lines in files:
        head = file.read(kinds.HEAD).removeprefix(BOM)
        file.seek(0)
        kind = kinds.packed(head) or (kinds.text(head) if json_lines else None)
        if kind is not None:
            wrong.append(f"{path}: not-json-lines: {kind}" if json_lines else f"{path}: not-links: {kind}")
    if wrong:
        raise DataError("\n".join(wrong))


def _usable(found: Iterable[TargetSentence | Problem], report: ProjectionReport) -> Iterator[TargetSentence]:
    for item in found:
        if isinstance(item, Problem):
            report.problems.append(item)
        else:
            yield item


def _line(
    sentence: TargetSentence, translations: Translations, settings: Settings, report: ProjectionReport
) -> tuple[dict[str, object], dict[str, object]]:
    """The sentence's line of the output, and of the record."""
    report.sentences += 1
    tags = [OUTSIDE] * len(sentence.tokens)
    if sentence.id not in translations:
        report.untranslated += 1
        return {"id": sentence.id, "tags": tags}, {"id": sentence.id, "translation": "missing"}
    try:
        pair = translations.pair(sentence)
    except BadLine as bad:
        report.unusable += 1
        report.problems.append(bad.problem)
        return {"id": sentence.id, "tags": tags}, {"id": sentence.id, "translation": "unusable", "problem": str(bad.problem)}
    report.translated += 1
    projection = _count(project(pair, settings), report)
    return (
        {"id": sentence.id, "tags": projection.tags(len(pair.target))},
        {"id": sentence.id, "translation": "used"} | projection.as_json(),
    )


def _count(projection: Projection, report: ProjectionReport) -> Projection:
    report.fates.update(str(landing.fate) for landing in projection.landings)
    report.not_optimal += projection.solver not in ("heuristic", "greedy") and not projection.optimal
    return projection
