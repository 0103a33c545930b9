r"""Comparisons for a paper: a booktabs table of the means for each suite and figure. It needs \usepackage{booktabs} and UTF-8."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..leaderboard.escape import latex
from ..leaderboard.page_parts import percent, signed
from ..scoring.figures import named
from ..uncertainty.differences import winner

_HEADERS = ("System", "Mean", "Difference", r"95\,\% over sentences", r"95\,\% over languages", "Rank (range)")


def tables(report: Mapping[str, Any]) -> str:
    """The report of `compare`; figures are rounded to tenths of points."""
    found = [*_suites(report), *_overall(report)]
    return "\n\n".join([r"% \usepackage{booktabs}", *(found or ["% no mean was compared"])])


def _suites(report: Mapping[str, Any]) -> Iterator[str]:
    systems = report["systems"]
    for suite, mean in systems[0]["means"].items():
        languages = mean["languages"]
        place = f"on {latex(languages[0])}" if len(languages) == 1 else f"the mean over {len(languages)} languages"
        for figure in mean["differences"]:
            lines = [
                _line(system["name"], system["means"][suite]["differences"][figure], system["means"][suite]["over_languages"][figure])
                for system in systems
            ]
            what = f"{latex(named(figure).title)} on {latex(suite)}, {place}"
            yield _table(report, what, suite, figure, lines, mean["signature"])


def _overall(report: Mapping[str, Any]) -> Iterator[str]:
    systems = report["systems"]
    for figure in systems[0].get("overall", {}):
        lines = [_line(system["name"], system["overall"][figure], None) for system in systems]
        signatures = " ".join(mean["signature"] for mean in systems[0]["means"].values())
        yield _table(report, f"{latex(named(figure).title)}, the mean of the two suite means", "overall", figure, lines, signatures)


def _line(name: str, found: Mapping[str, Any], general: Mapping[str, Any] | None) -> list[str]:
    """A system against the baseline, without its rank."""
    marks = "*" if winner(found["difference"], found["p_holm"]) else ""
    if general and winner(general["estimate"], general["p_holm"]):
        marks += r"\dagger"
    return [
        latex(name),
        percent(found["b"]),
        f"${signed(found['difference'])}{f'^{{{marks}}}' if marks else ''}$",
        _interval(found["interval"]),
        f"${signed(general['estimate'])}$ {_interval(general['interval'])}" if general else "",
    ]


def _interval(found: Sequence[float]) -> str:
    return f"$[{signed(found[0])}, {signed(found[1])}]$"


def _table(report: Mapping[str, Any], what: str, where: str, figure: str, lines: Sequence[list[str]], signature: str) -> str:
    ranks = report["ranks"][where][figure]
    baseline = [latex(report["baseline"]["name"]), percent(ranks[report["baseline"]["label"]]["value"]), "", "", ""]
    rows = [[*cells, _rank(rank)] for cells, rank in zip([baseline, *lines], ranks.values(), strict=True)]
    body = [r"\toprule", _row(_HEADERS), r"\midrule", *map(_row, rows), r"\bottomrule"]
    return "\n".join(
        [
            r"\begin{table}",
            r"  \centering",
            f"  \\caption{{{_caption(report, what)}}}",
            r"  \begin{tabular}{lrrllr}",
            *(f"    {line}" for line in body),
            r"  \end{tabular}",
            r"\end{table}",
            f"% {signature}",
        ]
    )


def _row(cells: Sequence[str]) -> str:
    return rf"{' & '.join(cells)} \\"


def _rank(found: Mapping[str, Any]) -> str:
    first, last = found["range"]
    return f"{found['rank']} ({first}--{last})"


def _caption(report: Mapping[str, Any], what: str) -> str:
    count = len(report["systems"])
    level = "$p < 0.05$" + (f" after Holm's correction over {count} systems" if count > 1 else "")
    return " ".join(
        [
            f"{what}, in per cent.",
            rf"Differences from {latex(report['baseline']['name'])} in points, with their 95\,\% intervals:",
            "over sentences (of these languages; paired bootstrap)",
            "and over languages (of languages like these; random effects, Hartung and Knapp).",
            rf"$*$: a difference on these languages, {level}; $\dagger$: one in languages like these, {level}.",
            "Ranges of ranks: from tests of all pairs, $p < 0.05$ without correction.",
        ]
    )
