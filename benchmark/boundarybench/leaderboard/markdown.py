"""`leaderboard.md`: a page that is a function of the board, and reads well on GitHub."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ..protocol import FLOORS, RANK_FIGURE
from ..scoring.figures import listed, named
from ..suites.manifests import on_board, packaged
from ..suites.pins import mean_name, ranked
from ..suites.suite import Suite
from .escape import address, escape, latex
from .families.families_report import as_json as families_report
from .page_parts import details, figure_cells, figure_headers, percent, table
from .published import SOURCES, Published
from .rank import GROUPS, Standing, best_beside, inside, standings
from .signatures import OVERALL, table_signature
from .store import Board, Entry, LanguageRow, MeanRow

__all__ = ["escape", "render"]

#: Floors beside that of the rank figure.
_OTHER_FLOORS = tuple(name for name in FLOORS if name != RANK_FIGURE)

#: Systems in a table of languages: more do not fit GitHub's width.
MAX_COLUMNS = 8
#: What stands over the rows that are not ranked. Their means are over other languages or of other exposures than the ranked ones'.
_GROUP_TITLES = {
    "suite": "Not ranked:",
    "incomplete": "**Incomplete**: means over the languages that are named, not ranked.",
    "oracle": "**Oracle**: human translations, gold links or gold mentions were used. Upper bounds of a stage, not ranked.",
    "supervised": "**Supervised**: labels in the language were used. A ceiling, not ranked.",
    "exposure-unknown": "**Exposure unknown**: closed models, which may have seen the gold. Not ranked.",
    "gold not pinned": "**Gold not pinned**: not ranked.",
}
#: Names up to this length, all together, may head the columns; longer ones are replaced by letters.
_HEADER = 72

_INTRO = """# Leaderboard

How well do systems find where entities begin and end in languages that they have seen no labels of? Made by `boundarybench leaderboard`
from [submissions/](submissions); every row is scored here from its predictions, with the gold frozen. The same figures to their last digit
are in [results/](results).

**How to read it.** Systems in the zero-shot track that cover all languages of a suite are ranked by mean **BP@75**: spans with right
boundaries / max(predicted, three quarters of the gold), so that neither silence nor deletion pays. Two intervals, two claims: in
parentheses the 95 % interval *on these languages*, sampling error of their sentences only; **languages like these** is the interval of a
random-effects mean in which the languages are a sample themselves, with the standard deviation between them. **range**: the ranks that
paired tests leave open, from one more than the systems that are significantly better to as many as are not significantly worse
([how](docs/uncertainty.md)). **BP**, **BR**, **BF1**: boundary precision, recall and F1, types ignored; **BP@50** asks for half of the
gold only; **typed F1** asks for the right type too (seqeval's figure); **AP**: average precision of spans with scores. **25/50/100**: the
rank at other shares of the gold. All figures are percentages, means over languages, and compare where the signatures are equal. Rows that
are not ranked stand apart, because their means are over other languages or with other knowledge. The rules:
[docs/protocol.md](docs/protocol.md); to add a row: [submissions/](submissions)."""


def render(board: Board, published: Sequence[Published]) -> str:
    """The page."""
    parts = [_INTRO]
    if board.protocol > 1:
        parts.append("Boards of earlier protocol versions are kept in [boards/](boards).")
    if any(entry.mean(OVERALL) for entry in board.entries.values()):
        parts += ["## Overall", "Systems that are complete in both suites, by the mean of the two suite means."]
        parts += _standings(board, OVERALL)
    for suite in on_board():
        if any(entry.mean(suite.name) for entry in board.entries.values()):
            parts += _suite(board, suite)
    if not board.entries:
        parts.append("There are no submissions yet.")
    parts += _families(board)
    parts += _published(board, published)
    parts += _systems(board)
    return "\n\n".join(parts) + "\n"


def _suite(board: Board, suite: Suite) -> Iterator[str]:
    yield f"## {suite.title} (`{mean_name(suite)}`)"
    if suite.note:
        lead, _, rest = suite.note.partition(". ")
        yield f"**{lead.removesuffix('.')}.** {rest}".rstrip()
    yield from _standings(board, suite.name)
    yield from _languages(board, suite)


def _standings(board: Board, suite: str) -> Iterator[str]:
    rows = standings(board, suite)
    in_rank = [row for row in rows if row.rank is not None]
    others = [row for row in rows if row.rank is None]
    if in_rank:
        cells = [
            [str(row.rank), _range(row), *_figures(row), " / ".join(str(row.ranks[floor]) for floor in _OTHER_FLOORS)] for row in in_rank
        ]
        yield table(cells, ("rank", "range", "system", "family", *figure_headers(), "25/50/100"))
    else:
        yield "No system is ranked yet." if suite == OVERALL or packaged()[suite].ranked else "This suite has no ranks."
    for group in GROUPS:
        found = [row for row in others if row.group == group]
        if found:
            yield _GROUP_TITLES[group]
            headers = ("system", "family", "languages", *figure_headers(), "best ranked row on these languages", "why")
            yield table([_apart(row, rows) for row in found], headers)
    yield details(f"All figures: {'Overall' if suite == OVERALL else packaged()[suite].title}", _all_figures(rows))
    yield f"Signature of complete rows: `{table_signature(suite)}`"


def _apart(row: Standing, rows: Sequence[Standing]) -> list[str]:
    """A row that is not ranked, with its languages named and the best ranked row over these beside it."""
    system, family, *figures = _figures(row)
    return [system, family, inside(row), *figures, _beside(row, rows), row.reason]


def _beside(row: Standing, rows: Sequence[Standing]) -> str:
    found = best_beside(row, rows)
    return f"{percent(found[1])} {_link(found[0].name)}" if found else "–"


def _all_figures(rows: Sequence[Standing]) -> str:
    """What the board holds of each row's mean, a line for each figure that any row has."""
    figures = [figure for figure in listed() if figure.stored and any(row.mean.figures[figure.name] is not None for row in rows)]
    cells = [[_link(row.name), *(figure.text(row.mean.figures[figure.name]) for figure in figures)] for row in rows]
    return table(cells, ("system", *(figure.short or figure.title for figure in figures)))


def _range(row: Standing) -> str:
    if row.range is None:
        return "–"
    first, last = row.range
    return f"{first}–{last}" if first < last else str(first)


def _figures(row: Standing) -> list[str]:
    return [_link(row.name), escape(row.entry.system.family), *figure_cells(row.mean)]


def _link(name: str) -> str:
    return f"[{escape(name)}](submissions/{quote(name, safe='', errors='replace')})"


def _languages(board: Board, suite: Suite) -> Iterator[str]:
    """The rank figure of every language, of the systems that stand first."""
    rows = standings(board, suite.name)[:MAX_COLUMNS]
    if not rows:
        return
    by_lang = [{row.lang: row for row in standing.entry.rows if row.suite == suite.name} for standing in rows]
    legend, headers = _columns([row.name for row in rows])
    cells = [
        [
            f"{language.name} (`{language.code}`){'' if language.code in ranked(suite) else ' †'}",
            *(_rank_figure(found.get(language.code)) for found in by_lang),
        ]
        for language in suite.languages
        if any(language.code in found for found in by_lang)
    ]
    notes = [f"The first {len(rows)} systems of the tables above." if len(rows) == MAX_COLUMNS else ""]
    if any(" †" in line[0] for line in cells):
        notes.append("† not in the mean.")
    if any(" *" in cell for line in cells for cell in line[1:]):
        notes.append("* not zero-shot.")
    yield details(
        f"{named(RANK_FIGURE).title} per language: {suite.title}",
        legend,
        " ".join(filter(None, notes)),
        table(cells, ("language", *headers)),
    )


def _columns(names: Sequence[str]) -> tuple[str, list[str]]:
    """A legend and the headers of columns: the names, or letters where the names are too long for one line."""
    if sum(map(len, names)) <= _HEADER:
        return "", [_link(name) for name in names]
    letters = "ABCDEFGH"
    return " · ".join(f"**{letter}** {_link(name)}" for letter, name in zip(letters, names, strict=False)), list(letters[: len(names)])


def _rank_figure(row: LanguageRow | None) -> str:
    if row is None:
        return ""
    return percent(row.figures[RANK_FIGURE]) + ("" if row.track == "zero-shot" else " *")


def _families(board: Board) -> Iterator[str]:
    """The declared pairs, and the best of each family; nothing where there is neither."""
    report = families_report(board)
    shown = [(found, _family_table(found)) for found in report["tables"]]
    if not shown:
        return
    yield "## The families"
    yield f"{report['intro']} [How to read it](docs/families.md)."
    if report["pairs"]:
        yield from (text for found, text in shown if found["top"])
        yield details(
            "Each pair by language and by group", *(text for found, text in shown if found["part"] == "pairs" and not found["top"])
        )
    else:
        yield "No pair is declared yet."
    yield details("The best of each family per language", *(text for found, text in shown if found["part"] == "envelope"))


def _family_table(found: Mapping[str, Any]) -> str:
    rows = [[escape(cell, 1000) for cell in row] for row in found["rows"]]
    return "\n\n".join(filter(None, [f"**{escape(found['caption'], 300)}**", table(rows, found["headers"]), escape(found["notes"], 1000)]))


def _published(board: Board, published: Sequence[Published]) -> Iterator[str]:
    yield "## Published figures"
    yield (
        "**Reported by their authors for their own runs, not scored here and not ranked.** Typed precision, recall and F1, means over the "
        "languages of our own means, beside the typed means of the rows above. Versions of the test sets, decoding rules and the choice "
        "of runs may differ. Sources: "
        + "; ".join(f"{name}, {what} ([file](benchmark/boundarybench/leaderboard/published/{file}))" for file, name, what in SOURCES)
        + "."
    )
    for suite in (suite for suite in on_board() if suite.overall):
        theirs = [
            [f"reported: {row.source}", _method(row), str(row.languages), *map(percent, (row.precision, row.recall, row.f1))]
            for row in published
            if row.suite == suite.name
        ]
        ours = [
            ["scored here" + (f"; {row.reason}" if row.reason else ""), _link(row.name), str(len(row.mean.languages)), *_typed(row.mean)]
            for row in standings(board, suite.name)
        ]
        if theirs or ours:
            content = table([*ours, *theirs], ("source", "system", "languages", "typed P", "typed R", "typed F1"))
            yield details(f"Typed figures: {suite.title} (`{mean_name(suite)}`)".replace("`", ""), content)


def _method(row: Published) -> str:
    return f"{row.method}, {row.aligner}" if row.aligner else row.method


def _typed(mean: MeanRow) -> list[str]:
    return [percent(mean.figures[f"typed.{name}"]) for name in ("precision", "recall", "f1")]


def _systems(board: Board) -> Iterator[str]:
    if not board.entries:
        return
    entries = [entry for _, entry in sorted(board.entries.items())]
    yield "## Systems"
    yield (
        "What each system is made of, as its `system.json` says. Every row is **re-scored** here from its predictions; **re-run** says "
        "whether a maintainer ran its recipe again and got them."
    )
    headers = ("system", "source", "encoder", "translation", "aligner", "projection on", "parallel data", "open", "selection", "re-run")
    yield details("Facets", table([_facets(entry) for entry in entries], headers))
    yield details("Descriptions", "\n".join(f"- {_link(entry.name)}: {escape(entry.system.description, 500)}" for entry in entries))
    yield details("BibTeX", "```bibtex\n" + "\n\n".join(map(_bibtex, entries)) + "\n```")


def _facets(entry: Entry) -> list[str]:
    facets = entry.system.facets
    source = "; ".join(filter(None, [" ".join(facets.source_languages), ", ".join(facets.source_data)]))
    projection = facets.projection_on
    values = (source, facets.encoder, facets.translation_model, facets.aligner, projection, ", ".join(facets.parallel_data))
    return [
        _link(entry.name),
        *(escape(value, 80) if value else "–" for value in values),
        "yes" if facets.open else "no",
        escape(entry.system.selection, 80),
        "yes" if entry.reran else "no",
    ]


def _bibtex(entry: Entry) -> str:
    fields = {
        "title": f"{{{latex(entry.name)}}}: a system on the boundarybench leaderboard",
        "author": " and ".join(f"{{{latex(author)}}}" for author in entry.system.authors),
        **({"url": address(entry.system.url)} if entry.system.url else {}),
        "note": f"submissions/{latex(entry.name)}, content {latex(entry.content[:12])}",
    }
    lines = ",\n".join(f"  {name:6} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{boundarybench-{latex(entry.name)},\n{lines}\n}}"
