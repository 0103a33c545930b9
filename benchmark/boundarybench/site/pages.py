"""The pages as bytes, by path below the site's root: templates filled with what the board and the survey hold.

Everything that strangers wrote goes through `shown` and Jinja's escaping, into text or quoted attributes only; no page has an inline
script or style, and the policy in its head allows none. Data for scripts is JSON in a block that nothing executes.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ..anatomy.error_examples import Example, merge
from ..anatomy.error_report import as_json, example_json
from ..errors import DataError, UsageError
from ..gold.load import suite_of
from ..leaderboard.escape import shorten, visible
from ..leaderboard.page_parts import percent
from ..leaderboard.published import Published
from ..leaderboard.rank import best_beside, inside, standings, stands_apart
from ..leaderboard.rank import rows as rows_of
from ..leaderboard.signatures import OVERALL, table_signature
from ..leaderboard.store import Board, Entry, LanguageRow
from ..protocol import RANK_FIGURE
from ..scoring.figures import columns, named, on_board
from ..suites.manifests import known
from ..suites.pins import pinned, ranked
from ..suites.suite import Language, Suite
from . import content
from .example_lines import shown as shown_example
from .survey import EXAMPLES, Survey
from .unaided_errors import UnaidedErrors, by_suite

#: What a submission's folder may be called (`system.schema.json`); a page's file is named after it.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}[a-z0-9]")

#: Examples of each class on a language's page, over all systems.
_EXAMPLES_OF_LANGUAGE = 2

Families = Mapping[str, Any]


def render(board: Board, survey: Survey, published: Sequence[Published], families: Families | None = None) -> dict[str, bytes]:
    """All pages, by path.

    Args:
        board: what is shown.
        survey: what its predictions give.
        published: figures that others reported, shown apart.
        families: the tables of the families, or None where there are none: `{"intro": str, "tables": [{"caption": str,
            "headers": [str, ...], "rows": [[str or number, ...], ...]}, ...]}`.

    Raises:
        UsageError: the extra `site` is not installed.
        DataError: a system's name cannot be a file's.
    """
    for name in board.entries:
        if not _NAME.fullmatch(name):
            raise DataError(f"{name!r} is not a submission's name")
    environment = _environment()
    tables = content.tables(board)
    common = {
        "tables": [(table, content.title(table)) for table in tables],
        "rank": named(RANK_FIGURE),
        "on_board": on_board(),
        "behind_rank": [figure for figure in columns() if figure.name != RANK_FIGURE],
    }
    fill = partial(_fill, environment, common)
    pages: dict[str, str] = {}
    for table in tables:
        pages[f"{table}.html"] = fill("board.html", "", _board(board, survey, published, families, table))
    pages["index.html"] = pages[f"{tables[0]}.html"] if tables else fill("empty.html", "", {"here": ""})
    lines = by_suite(board, survey)
    for entry in board.entries.values():
        others = {suite: line for suite, line in lines.items() if line.name != entry.name}
        pages[content.system_page(entry.name)] = fill("system.html", "../", _system(entry, survey, others))
    for suite in known().values():
        for language in suite.languages:
            found = _rows(board, suite, language)
            if found:
                path = content.language_page(suite.name, language.code)
                pages[path] = fill("language.html", "../", _language(board, survey, suite, language, found))
    return {path: text.encode() for path, text in pages.items()}


def _environment() -> Any:
    try:
        import jinja2
    except ImportError as error:
        raise UsageError("the site needs Jinja2: pip install 'boundarybench[site]'") from error
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("boundarybench.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"shown": shown, "percent": percent, "script_json": script_json, "whole": whole}
    environment.globals |= {"language_page": content.language_page, "system_page": content.system_page, "title": content.title}
    return environment


def _fill(environment: Any, common: Mapping[str, Any], template: str, root: str, values: Mapping[str, Any]) -> str:
    text: str = environment.get_template(template).render(root=root, **common, **values)
    return text


def shown(text: str, limit: int = 500) -> str:
    """`text` with what cannot be seen made visible, and cut where it is too long. Not yet escaped."""
    return shorten(visible(text), limit)


def whole(value: int) -> str:
    """A number of things."""
    return f"{value:,}"


def script_json(value: Any) -> Any:
    """JSON for a `<script type="application/json">` block: ASCII without a character that could end the block or begin a comment."""
    from markupsafe import Markup

    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 - nothing of HTML is left


def _board(board: Board, survey: Survey, published: Sequence[Published], families: Families | None, table: str) -> dict[str, Any]:
    rows = standings(board, table)
    apart = [row for row in rows if stands_apart(row)]
    columns = content.columns(board, table)
    data = content.board_json(board, survey, table)
    return {
        "here": table,
        "rows": [row for row in rows if not stands_apart(row)],
        "apart": [(row, inside(row), best_beside(row, rows)) for row in apart],
        "columns": columns,
        "data": data,
        "signature": table_signature(table),
        "note": "" if table == OVERALL else suite_of(table).note,
        "overall": table == OVERALL,
        "choices": {
            "family": sorted({row.entry.system.family for row in rows}),
            "track": sorted({row.track for row in rows}),
        },
        "without": [content.title(suite.name) for suite in content.suites_of(table) if suite.name in survey.without],
        "published": [row for row in published if row.suite == table],
        "families": families,
        "languages_in_mean": {row.name: len(rows_of(row.entry, table)) for row in rows},
    }


def _system(entry: Entry, survey: Survey, lines: Mapping[str, UnaidedErrors]) -> dict[str, Any]:
    examined = survey.examined.get(entry.name, [])
    report = as_json(examined, EXAMPLES)
    shares = content.errors_by_suite(entry)
    suites = [suite for suite in known().values() if any(row.suite == suite.name for row in entry.rows)]
    anatomy = {suite.name: report["totals"][suite.name] for suite in suites if suite.name in report["totals"]}
    offsets = {name: found for name, total in anatomy.items() if (found := content.offsets_json(total))}
    return {
        "here": "",
        "entry": entry,
        "languages": {(row.suite, row.lang): suite_of(row.suite).language(row.lang) for row in entry.rows},
        "ranked": {suite.name: ranked(suite) for suite in suites},
        "classes": content.ERRORS,
        "shares": shares,
        "lines": [lines[name] for name in shares if name in lines],
        "breakdowns": {name: content.breakdowns(total) for name, total in anatomy.items()},
        "offsets": offsets,
        "without": [content.title(suite.name) for suite in suites if suite.name in survey.without],
        "examples": [shown_example(example) for example in report["examples"] if suite_of(example["suite"]).examples],
        "data": {
            "classes": content.ERRORS,
            "suites": [
                {"title": content.title(name), "shares": [*found.values()], "unaided": _beside(lines.get(name))}
                for name, found in shares.items()
            ],
            "offsets": [{"suite": name, **found, "unaided": _beside(lines.get(name))} for name, found in offsets.items()],
        },
    }


def _beside(line: UnaidedErrors | None) -> dict[str, Any] | None:
    return None if line is None else {"label": line.label, "shares": line.shares, "offsets": line.offsets}


def _rows(board: Board, suite: Suite, language: Language) -> list[tuple[Entry, LanguageRow]]:
    """The rows of one test set, best first."""
    found = [(entry, row) for entry in board.entries.values() for row in entry.rows if (row.suite, row.lang) == (suite.name, language.code)]

    def order(pair: tuple[Entry, LanguageRow]) -> tuple[float, str]:
        value = pair[1].figures[RANK_FIGURE]
        return (1.0 if value is None else -value), pair[0].name

    return sorted(found, key=order)


def _language(board: Board, survey: Survey, suite: Suite, language: Language, rows: Sequence[tuple[Entry, LanguageRow]]) -> dict[str, Any]:
    names = [entry.name for entry, _ in rows]
    return {
        "here": "",
        "suite": suite,
        "language": language,
        "counted": language.code in ranked(suite),
        "pin": pinned(suite.name, language.code),
        "rows": rows,
        "elsewhere": list(_elsewhere(board, suite, language)),
        "examples": _examples(survey, suite, language, names) if suite.examples else [],
    }


def _elsewhere(board: Board, suite: Suite, language: Language) -> Iterable[tuple[Suite, Language]]:
    """The same language in other suites: never merged, and each one tap away from the other."""
    for other in known().values():
        for its in other.languages:
            if other is not suite and its.name == language.name and _rows(board, other, its):
                yield other, its


def _examples(survey: Survey, suite: Suite, language: Language, names: Iterable[str]) -> list[Any]:
    """Errors in the sentences of a suite whose text may be shown: of each class the first ones, system by system."""
    owners: dict[int, str] = {}
    found: list[Example] = []
    for name in names:
        for row in survey.examined.get(name, []):
            if (row.suite, row.lang) == (suite.name, language.code):
                found += row.examples
                owners |= {id(example): name for example in row.examples}
    return [shown_example(example_json(example), owners[id(example)]) for example in merge(found, _EXAMPLES_OF_LANGUAGE)]
