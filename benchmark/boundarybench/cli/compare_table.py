"""Comparisons as a person reads them: text for a terminal, or markdown. Figures are rounded here and nowhere else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tabulate import tabulate

from ..leaderboard.escape import escape, visible
from ..leaderboard.page_parts import p_value, signed, signed_interval
from ..scoring.figures import named
from .left_out import left_out, older_gold


def render(report: Mapping[str, Any], style: str) -> str:
    """The report of `compare`; `style` is `text` or `md`."""
    show = visible if style == "text" else lambda text: escape(text, 200)
    baseline, systems = report["baseline"], report["systems"]
    legend = [f"{baseline['label']} (baseline): {show(baseline['path'])}", *(f"{each['label']}: {show(each['path'])}" for each in systems)]
    parts = [("  \n" if style == "md" else "\n").join(legend)]
    for suite in systems[0]["means"]:
        for figure in report["figures"]:
            if len(systems) > 1 and figure in report["ranks"][suite]:
                parts.append(_together(report, suite, figure, style))
            for system in systems:
                parts += _against_baseline(system, suite, figure, style)
        parts += [*map(show, left_out(_left_out(systems, suite))), *older_gold(_results(systems[0], suite)), *_notes(systems, suite)]
    parts += _overall(report)
    parts += _about(report)
    return "\n\n".join(parts)


def _results(system: Mapping[str, Any], suite: str) -> list[Mapping[str, Any]]:
    return [row for row in system["results"] if row["suite"] == suite]


def _overall(report: Mapping[str, Any]) -> Iterator[str]:
    for figure in report["systems"][0].get("overall", {}):
        for system in report["systems"]:
            found = system["overall"][figure]
            difference = f"{signed(found['difference'])} ({signed_interval(found['interval'])}), p {_p_values(found)}"
            title = f"overall (mean of the two suite means), {system['label']} - A"
            yield f"{title}: {named(figure).title} {difference}: {found['verdict']}"
        if len(report["systems"]) > 1:
            places = report["ranks"]["overall"][figure].items()
            shown = (f"{name} {place['rank']} ({place['range'][0]}–{place['range'][1]})" for name, place in places)
            yield f"overall, rank (range) by {named(figure).title}: {', '.join(shown)}"


def _tabulate(lines: list[list[str]], headers: list[str], left: set[int], style: str) -> str:
    """A table whose columns are aligned to the right, but for those of `left`."""
    align = ["left" if column in left else "right" for column in range(len(headers))]
    return tabulate(lines, headers, tablefmt="simple" if style == "text" else "github", disable_numparse=True, colalign=align)


def _together(report: Mapping[str, Any], suite: str, figure: str, style: str) -> str:
    """All systems at the mean of a suite, with their ranks."""
    lines = []
    for name, place in report["ranks"][suite][figure].items():
        first, last = place["range"]
        lines.append([name, str(place["rank"]), f"{first}–{last}", f"{100 * place['value']:.1f}", *[""] * 5])
    for line, system in zip(lines[1:], report["systems"], strict=True):
        found, general = (system["means"][suite][what][figure] for what in ("differences", "over_languages"))
        line[4:] = [signed(found["difference"]), signed_interval(found["interval"]), p_value(found["p_holm"]), "–", ""]
        if general:
            line[7:] = [f"{signed(general['estimate'])} ({signed_interval(general['interval'])})", p_value(general["p_holm"])]
    mean = report["systems"][0]["means"][suite]
    headers = [f"{suite}, {named(figure).title}", "rank", "range", f"mean of {len(mean['languages'])}", "less A"]
    headers += ["95 % over sentences", "p (Holm)", "over languages (95 %)", "p (Holm)"]
    return _tabulate(lines, headers, {0}, style)


def _against_baseline(system: Mapping[str, Any], suite: str, figure: str, style: str) -> Iterator[str]:
    """One system against the baseline: by language, and what the mean says."""
    mean, label = system["means"][suite], system["label"]
    lines = [[row["lang"], *_cells(row["differences"].get(figure))] for row in _results(system, suite)]
    several = len(mean["languages"]) > 1
    if several:
        lines.append([f"mean of {len(mean['languages'])}", *_cells(mean["differences"].get(figure))])
    headers = [f"{suite}, {named(figure).title}", "A", label, f"{label} - A", "95 % over sentences", "p", "p (Holm)", "verdict"]
    yield _tabulate(lines, headers, {0, 7}, style)
    yield f"languages: {', '.join(f'{words} in {count}' for words, count in mean['verdicts'][figure].items())}"
    if general := mean["over_languages"][figure]:
        difference = f"{signed(general['estimate'])}, 95 % interval {signed_interval(general['interval'])}, p {_p_values(general)}"
        spread = f"standard deviation between languages {100 * general['deviation']:.1f}"
        yield f"over languages (these {general['languages']} as a sample): {difference}, {spread}"
    if several and figure in mean["claims"]:
        yield f"{label} - A: {mean['claims'][figure]}"


def _p_values(found: Mapping[str, Any]) -> str:
    """p, and what Holm's correction over several systems makes of it."""
    shown, corrected = p_value(found["p"]), p_value(found["p_holm"])
    return shown if found["p"] == found["p_holm"] else f"{shown} (Holm {corrected})"


def _cells(found: Mapping[str, Any] | None) -> list[str]:
    if found is None:
        return ["–"] * 6 + ["no figure"]
    mark = " ~" if found["method"] == "score" else " †" if found.get("too_few") else ""
    return [
        f"{100 * found['a']:.1f}",
        f"{100 * found['b']:.1f}",
        signed(found["difference"]),
        signed_interval(found["interval"]) + mark,
        p_value(found["p"]),
        p_value(found["p_holm"]),
        found["verdict"],
    ]


def _left_out(systems: Sequence[Mapping[str, Any]], suite: str) -> Iterator[dict[str, Any]]:
    """By language, the spans that do not count: gold's and each system's."""
    for rows in zip(*(_results(system, suite) for system in systems), strict=True):
        if "not_scored" in rows[0]:
            of_systems = {system["label"]: row["not_scored"]["b"] for system, row in zip(systems, rows, strict=True)}
            yield {
                "lang": rows[0]["lang"],
                "not_scored": {"gold": rows[0]["not_scored"]["gold"], "A": rows[0]["not_scored"]["a"], **of_systems},
            }


def _notes(systems: Sequence[Mapping[str, Any]], suite: str) -> Iterator[str]:
    mean, rows = systems[0]["means"][suite], _results(systems[0], suite)
    found = [difference for system in systems for row in _results(system, suite) for difference in row["differences"].values()]
    if any(difference["method"] == "score" for difference in found):
        yield "~ fewer than 10 right spans: the wider of a score interval and the bootstrap's"
    if any(difference["method"] == "bootstrap" and difference["too_few"] for difference in found):
        yield "† the systems differ on fewer than 10 of what is drawn together: the interval is too narrow, p holds"
    if mean["missing_languages"] and len(rows) > 1:
        yield f"incomplete: not all have {' '.join(mean['missing_languages'])}; the mean is over the others"
    if mean["apart"]:
        yield f"not in the mean: {' '.join(mean['apart'])}"
    unpinned = [row["lang"] for row in rows if not row["pinned"] and "gold_version" not in row]
    if unpinned:
        yield f"gold not pinned: {' '.join(unpinned)}"
    yield from _runs(
        {"A": [row["runs"]["a"] for row in rows]} | {each["label"]: [row["runs"]["b"] for row in _results(each, suite)] for each in systems}
    )
    yield f"signature: {rows[0]['signature'] if len(rows) == 1 else mean['signature']}"


def _runs(runs: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """What the numbers of runs, by system and language, mean for the intervals."""
    single = [label for label, counts in runs.items() if set(counts) == {1}]
    if single:
        yield f"sampling error only: {_listed(single)} {'has' if len(single) == 1 else 'have'} one run"
    for label, counts in runs.items():
        several = [count for count in counts if count > 1]
        if several:
            yield f"{label} is the mean of its runs ({'–'.join(map(str, sorted({min(several), max(several)})))})"


def _listed(labels: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join([*filter(None, [", ".join(labels[:-1])]), labels[-1]])


def _about(report: Mapping[str, Any]) -> Iterator[str]:
    systems = [report["baseline"], *report["systems"]]
    holders = {name: [each["label"] for each in systems if name in each["not_common"]] for each in systems for name in each["not_common"]}
    for labels in dict.fromkeys(map(tuple, holders.values())):
        names = [name for name, of in holders.items() if tuple(of) == labels]
        yield f"only {_listed(labels)} {'has' if len(labels) == 1 else 'have'} (not compared): {' '.join(names)}"
    if report["skipped"]:
        yield f"no gold at hand (not compared): {' '.join(row['suite'] + '/' + row['lang'] for row in report['skipped'])}"
    if len(report["systems"]) == 1:
        yield f"{report['replicates']:,} replicates; verdicts at p < 0.05, of languages after Holm's correction"
        return
    yield (
        f"{report['replicates']:,} replicates; verdicts at p < 0.05 after Holm's correction, of languages over systems and languages, of "
        "means over systems; ranges of ranks from tests of all pairs, p < 0.05 without correction"
    )
