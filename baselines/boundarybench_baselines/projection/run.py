"""Project whole files: every target sentence is written, and whatever could not be used is reported, never swallowed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from boundarybench.errors import UsageError
from boundarybench.spans import OUTSIDE

from .files import BadLine, Problem, TargetSentence, Translations, targets
from .outcome import Projection
from .project import project
from .settings import Settings


@dataclass(slots=True)
class Report:
    """What happened: counts of sentences and of the fates of entities, and all problems in the files."""

    sentences: int = 0
    translated: int = 0
    untranslated: int = 0
    unusable: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    not_optimal: int = 0
    unasked: int = 0
    problems: list[Problem] = field(default_factory=list)


def project_files(
    paths: tuple[Path, Path, Path],
    settings: Settings,
    output: BinaryIO,
    record: BinaryIO | None,
    *,
    swap: bool = False,
    watch: Callable[[Iterable[TargetSentence]], Iterable[TargetSentence]] = iter,
) -> Report:
    """Write a prediction for every sentence of the target file, in its order.

    Args:
        paths: the files of target sentences, translations and links (see `files`).
        settings: the method's.
        output: takes `{"id", "tags"}`, a line per sentence.
        record: takes what became of each entity, a line per sentence.
        swap: links are written target position first.
        watch: wraps the sentences, to show progress.

    Raises:
        UsageError: a file cannot be opened, or cannot be read more than once.
    """
    report = Report()
    with ExitStack() as stack:
        target, translation, links = (stack.enter_context(_open(path)) for path in paths)
        translations = Translations(translation, links, paths[1], paths[2], swap=swap)
        report.problems += translations.problems
        for sentence in watch(_usable(targets(target, paths[0]), report)):
            line, entry = _line(sentence, translations, settings, report)
            output.write(msgspec.json.encode(line) + b"\n")
            if record is not None:
                record.write(msgspec.json.encode(entry) + b"\n")
        report.unasked = len(translations) - report.translated - report.unusable
    return report


def _open(path: Path) -> BinaryIO:
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    if not file.seekable():
        file.close()
        raise UsageError(f"{path}: cannot be read twice; write it to a file first")
    return file


def _usable(found: Iterable[TargetSentence | Problem], report: Report) -> Iterator[TargetSentence]:
    for item in found:
        if isinstance(item, Problem):
            report.problems.append(item)
        else:
            yield item


def _line(
    sentence: TargetSentence, translations: Translations, settings: Settings, report: Report
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


def _count(projection: Projection, report: Report) -> Projection:
    report.fates.update(str(landing.fate) for landing in projection.landings)
    report.not_optimal += projection.solver not in ("heuristic", "greedy") and not projection.optimal
    return projection
