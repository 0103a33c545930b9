"""`boundarybench compare` of more than two systems: corrections, ranks, what is common to all, and the formats."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from boundarybench import comparison
from boundarybench.cli import compare
from boundarybench.cli.compare import names_of
from boundarybench.cli.main import main
from boundarybench.comparison import compare_all
from boundarybench.comparison_report import as_json, label
from boundarybench.gold.load import load
from boundarybench.scoring.figures import named
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked
from boundarybench.uncertainty.differences import SystemCounts

EXAMPLES = Path(__file__).resolve().parents[2] / "submissions"
PERFECT, ERRORS = EXAMPLES / "example-perfect", EXAMPLES / "example-typical-errors"
#: In all of which the examples differ.
LANGS = ("de", "ha", "sw", "yo")
FIGURES = ("boundary.f1", "typed.f1")
OPTIONS = ("--replicates", "500", "--figure", *FIGURES)


def quiet(folder: Path, source: Path, every: int, langs: tuple[str, ...] = LANGS, run: str = "") -> Path:
    """A system: an example, silent in one sentence of so many (0: in none)."""
    place = folder / "runs" / run / "sample" if run else folder / "sample"
    place.mkdir(parents=True, exist_ok=True)
    for lang in langs:
        records = [json.loads(line) for line in (source / "sample" / f"{lang}.jsonl").read_text().splitlines()]
        for record in records[::every] if every else ():
            record["tags"] = ["O"] * len(record["tags"])
        (place / f"{lang}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return folder


@pytest.fixture
def systems(tmp_path: Path) -> list[Path]:
    """A baseline, a system that is better, one that is hardly another, one with two runs, and one that is worse."""
    several = tmp_path / "several"
    for run, every in (("1", 5), ("2", 6)):
        quiet(several, PERFECT, every, run=run)
    return [
        quiet(tmp_path / "baseline", ERRORS, 0),
        quiet(tmp_path / "better", PERFECT, 0),
        quiet(tmp_path / "near", ERRORS, 40),
        several,
        quiet(tmp_path / "worse", ERRORS, 2),
    ]


def report_of(out: Path, *arguments: object, replicates: int = 500) -> Any:
    target = out / "compared.json"
    assert main(["compare", *map(str, arguments), *OPTIONS, "--replicates", str(replicates), "--format", "json", "-o", str(target)]) == 0
    return json.loads(target.read_text())


def by_name(report: Any) -> dict[str, Any]:
    """What is said of each system, with its name in place of its label."""
    labels = {each["label"]: each["name"] for each in report["systems"]} | {"A": report["baseline"]["name"]}

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {renamed(name): renamed(item) for name, item in value.items()}
        if isinstance(value, list):
            return [renamed(item) for item in value]
        return re.sub(r"^[A-E](?= is better|$)", lambda found: labels[found[0]], value) if isinstance(value, str) else value

    return {each["name"]: each for each in renamed(report["systems"])} | {"ranks": renamed(report["ranks"])}


def without_holm(value: Any) -> Any:
    """A report without what Holm's correction changes: adjusted p values, and the verdicts that rest on them."""
    if isinstance(value, dict):
        left_out = ("p_holm", "verdict", "verdicts", "claims", "label")
        return {name: without_holm(item) for name, item in value.items() if name not in left_out}
    return [without_holm(item) for item in value] if isinstance(value, list) else value


def every_test(report: Any, figure: str) -> Iterator[tuple[Any, Any]]:
    """Every test of a system on a language, and the row that it stands in."""
    return ((row["differences"][figure], row) for system in report["systems"] for row in system["results"])


def test_a_pair_is_the_same_among_others_but_for_the_correction(systems: list[Path], tmp_path: Path) -> None:
    together = report_of(tmp_path, *systems)
    assert [each["name"] for each in together["systems"]] == ["better", "near", "several", "worse"]
    assert [each["label"] for each in together["systems"]] == ["B", "C", "D", "E"]
    for path, found in zip(systems[1:], together["systems"], strict=True):
        assert without_holm(report_of(tmp_path, systems[0], path)["systems"]) == [without_holm(found)]


def test_the_order_of_the_others_orders_the_report_and_changes_nothing(systems: list[Path], tmp_path: Path) -> None:
    expected = by_name(report_of(tmp_path, *systems))
    for order in list(permutations(systems[1:]))[5::6]:
        found = report_of(tmp_path, systems[0], *order)
        assert [each["name"] for each in found["systems"]] == [path.name for path in order]
        assert by_name(found) == expected


@pytest.mark.parametrize("figure", FIGURES)
def test_holm_is_over_systems_and_languages_together(systems: list[Path], tmp_path: Path, figure: str) -> None:
    report = report_of(tmp_path, *systems, replicates=5000)
    found = [test for test, _ in every_test(report, figure)]
    assert len(found) == 4 * len(LANGS)
    means = [each["means"]["sample"]["differences"][figure] for each in report["systems"]]
    general = [each["means"]["sample"]["over_languages"][figure] for each in report["systems"]]
    for family in (found, means, general):
        shown, adjusted, _, _ = multipletests([each["p"] for each in family], 0.05, "holm")
        assert [each["p_holm"] for each in family] == pytest.approx(adjusted.tolist())
        assert [" is better" in each["verdict"] for each in family] == shown.tolist()
        assert len(set(shown)) == 2  # the correction decides something


def test_p_over_languages_is_that_of_the_interval(systems: list[Path], tmp_path: Path) -> None:
    for each in report_of(tmp_path, *systems)["systems"]:
        found = each["means"]["sample"]["over_languages"]["boundary.f1"]
        freedom, half = found["languages"] - 1, (found["interval"][1] - found["interval"][0]) / 2
        error = half / stats.t.ppf(0.975, freedom)
        assert found["p"] == pytest.approx(2 * stats.t.sf(abs(found["estimate"]) / error, freedom))


def test_ranks_and_what_a_reader_sees(systems: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ranks = by_name(report_of(tmp_path, *systems))["ranks"]["sample"]["boundary.f1"]
    assert {name: (each["rank"], each["range"]) for name, each in ranks.items()} == {
        "better": (1, [1, 1]),
        "several": (2, [2, 2]),
        "baseline": (3, [3, 4]),
        "near": (4, [3, 4]),
        "worse": (5, [5, 5]),
    }
    assert main(["compare", *map(str, systems), *OPTIONS]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"A (baseline): {systems[0]}\nB: {systems[1]}\nC: {systems[2]}\n")
    row = next(line for line in text.split("\n") if line.startswith("E ")).split()
    assert row[:3] == ["E", "5", "5–5"]
    assert "sample, boundary F1 " in text
    assert "\nB - A: B is better on these 4 languages" in text
    assert "\nC - A: no difference shown on these 4 languages; not shown for languages like these\n" in text
    assert "sampling error only: A, B, C and E have one run" in text
    assert "D is the mean of its runs (2)" in text
    assert "of languages over systems and languages, of means over systems" in text


def test_means_are_over_what_all_have_and_the_others_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [quiet(tmp_path / name, ERRORS, 0, langs) for name, langs in (("a", LANGS), ("b", ("de", "sw")), ("c", ("sw", "yo")))]
    report = report_of(tmp_path, *paths)
    assert [each["not_common"] for each in (report["baseline"], *report["systems"])] == [
        ["sample/de", "sample/ha", "sample/yo"],
        ["sample/de"],
        ["sample/yo"],
    ]
    for each in report["systems"]:
        assert each["means"]["sample"]["languages"] == [row["lang"] for row in each["results"]] == ["sw"]
    assert main(["compare", *map(str, paths), *OPTIONS]) == 0
    out = capsys.readouterr().out
    for line in ("only A and B have (not compared): sample/de", "only A has (not compared): sample/ha", "only A and C have"):
        assert line in out


def test_every_file_is_read_once(systems: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And k systems are k - 1 comparisons: those of the others among each other, for the ranges, are a tenth of one."""
    read: list[Path] = []
    real_read, real_compare = compare.read_file, comparison.compare
    replicates: list[int] = []
    monkeypatch.setattr(compare, "read_file", lambda path, *rest: read.append(path) or real_read(path, *rest))
    monkeypatch.setattr(comparison, "compare", lambda *rest: replicates.append(rest[-1]) or real_compare(*rest))
    assert main(["compare", *map(str, systems), "-o", str(tmp_path / "x")]) == 0
    assert len(read) == len(set(read)) == 6 * len(LANGS)
    assert sorted(replicates) == [1000] * 6 * len(LANGS) + [10_000] * 4 * len(LANGS)


def test_all_findings_of_all_systems_are_told(systems: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path, lang in zip(systems[:3], ("de", "sw", "yo"), strict=True):
        (path / "sample" / f"{lang}.jsonl").write_text(f'{{"id": "{lang}-00000"}}\n')
    assert main(["compare", *map(str, systems), "-o", str(tmp_path / "x")]) == 1
    error = capsys.readouterr().err
    for path, lang in zip(systems[:3], ("de", "sw", "yo"), strict=True):
        assert f"{path}/sample/{lang}.jsonl:1: error: missing-key: " in error
    assert not (tmp_path / "x").exists()
    packed = tmp_path / "packed.jsonl.gz"  # a file that says nothing of itself does not keep the others from being read
    packed.write_bytes(b"")
    assert (
        main(["compare", str(systems[1] / "sample" / "sw.jsonl"), str(packed), str(systems[0]), "--suite", "sample", "--lang", "sw"]) == 1
    )
    error = capsys.readouterr().err
    assert f"{packed}: error: not-json-lines" in error
    assert f"{systems[1]}/sample/sw.jsonl:1: error: missing-key: " in error


def test_too_few_replicates_for_so_many_tests(systems: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *map(str, systems), "--replicates", "200"]) == 0
    assert "with 200 replicates no difference in one of 4 languages of 4 systems can be shown" in capsys.readouterr().err


def test_paths_may_follow_the_languages(systems: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    for before in range(3):
        paths = list(map(str, systems))
        assert main(["compare", *paths[:before], *OPTIONS, "--lang", "de", "sw", *paths[before:]]) == 0
        out = capsys.readouterr().out
        assert out.startswith("".join(f"{name}: {path}\n" for name, path in zip(("A (baseline)", *"BCDE"), paths, strict=True)))
        assert "mean of 2 " in out


@pytest.mark.parametrize("style", compare.FORMATS)
def test_languages_outside_the_mean_and_no_language_at_all(systems: list[Path], style: str, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [quiet(path, PERFECT, every, ("en",)) for path, every in zip(systems[:3], (2, 3, 4), strict=True)]
    outside = written(style, *paths, "--lang", "en", capsys=capsys)
    assert "langs:en|" in outside or style == "latex"
    about = [{"name": path.name, "path": str(path), "not_common": []} for path in paths]
    report = as_json([], [path.name for path in paths], FIGURES, None, 500)
    report |= {"baseline": {"label": "A", **about[0]}, "skipped": [{"suite": "sample", "lang": "en", "reason": "no gold"}]}
    report["systems"] = [each | found for each, found in zip(about[1:], report["systems"], strict=True)]
    nothing = compare.FORMATS[style](report)
    assert nothing == {"csv": outside.split("\n")[0] + "\n", "latex": outside.strip()}.get(style, nothing)
    assert style in ("csv", "latex", "json") or "no gold at hand (not compared): sample/en" in nothing


@pytest.fixture(scope="module")
def complete() -> dict[str, Any]:
    """The report on three invented systems that are complete in both suites of `overall`: B is the best, C as good as A."""
    gold = load("sample", "sw")
    right = {"a": range(20), "b": range(60), "c": range(20, 40)}
    systems = {}
    for name, sentences in right.items():
        counts = np.ones((1, gold.sentences, 4), np.int64)
        counts[0, [k for k in range(gold.sentences) if k not in sentences], 2:] = 0
        systems[name] = SystemCounts(("",), counts)
    suites = [suite for suite in packaged().values() if suite.overall]
    rows = [compare_all(replace(gold, suite=each.name, lang=lang), systems, FIGURES, 400) for each in suites for lang in ranked(each)]
    report = as_json(rows, list(systems), FIGURES, None, 400)
    about = [{"name": name, "path": name, "not_common": []} for name in systems]
    merged = [each | found for each, found in zip(about[1:], report["systems"], strict=True)]
    return report | {"baseline": {"label": "A", **about[0]}, "systems": merged, "skipped": []}


def test_overall_has_a_verdict_for_each_system_and_ranks(complete: dict[str, Any]) -> None:
    verdicts = [each["overall"]["typed.f1"]["verdict"] for each in complete["systems"]]
    count = len(complete["systems"][0]["results"])
    assert verdicts == [f"B is better on these {count} test sets", f"no difference shown on these {count} test sets"]
    shown, not_shown = (each["overall"]["typed.f1"] for each in complete["systems"])
    assert (shown["p_holm"], not_shown["p_holm"]) == (2 * shown["p"], 1)
    assert 2 / 401 <= shown["p"] < 0.006  # nothing is beyond 0 of 400 replicates, with the degrees of freedom of all units
    ranks = {name: (each["rank"], each["range"]) for name, each in complete["ranks"]["overall"]["typed.f1"].items()}
    assert ranks == {"A": (2, (2, 3)), "B": (1, (1, 1)), "C": (2, (2, 3))}


def test_every_format_shows_overall(complete: dict[str, Any]) -> None:
    shown = {style: show(complete) for style, show in compare.FORMATS.items()}
    for style in ("text", "md"):
        assert "\noverall (mean of the two suite means), B - A: typed F1 +66.7 (" in shown[style]
        assert "\noverall, rank (range) by typed F1: A 2 (2–3), B 1 (1–1), C 2 (2–3)\n" in shown[style]
    rows = [row for row in csv.DictReader(io.StringIO(shown["csv"])) if row["level"] == "overall"]
    assert [(row["figure"], row["system"], row["verdict"][:11]) for row in rows] == [
        (figure, name, words) for name, words in (("b", "B is better"), ("c", "no differen")) for figure in FIGURES
    ]
    environments(shown["latex"])
    assert shown["latex"].count(r"\begin{table}") == 3 * len(FIGURES)
    assert "typed F1, the mean of the two suite means, in per cent" in shown["latex"]


# --- Names ----------------------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.sampled_from("ab"), min_size=1, max_size=4).map(lambda parts: Path("/", *parts)), min_size=2, unique=True))
def test_names_tell_systems_apart_and_are_no_longer_than_that(paths: list[Path]) -> None:
    names = names_of(paths)
    assert len(set(names)) == len(paths)
    for name, path in zip(names, paths, strict=True):
        length = len(Path(name).parts)
        assert path.parts[-length:] == Path(name).parts
        assert length == 1 or any(other.parts[1 - length :] == path.parts[1 - length :] for other in paths if other != path)


def test_labels_are_letters_as_long_as_there_are_some() -> None:
    assert [label(index) for index in (0, 1, 25, 26, 51, 52, 701, 702)] == ["A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_names_that_collide_are_told_apart(tmp_path: Path) -> None:
    paths = [quiet(tmp_path / name / "system", source, 0) for name, source in (("x", ERRORS), ("y", PERFECT), ("z", ERRORS))]
    report = report_of(tmp_path, *paths)
    assert [each["name"] for each in (report["baseline"], *report["systems"])] == ["x/system", "y/system", "z/system"]


# --- Formats --------------------------------------------------------------------------------------------------------------


def written(style: str, *arguments: object, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["compare", *map(str, arguments), *OPTIONS, "--format", style]) == 0
    return capsys.readouterr().out


def test_the_csv_has_every_difference_to_its_last_digit(systems: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = report_of(tmp_path, *systems)
    rows = list(csv.DictReader(io.StringIO(written("csv", *systems, capsys=capsys))))
    assert {row["baseline"] for row in rows} == {"baseline"}
    assert len(rows) == 4 * len(FIGURES) * (len(LANGS) + 1)
    for system in report["systems"]:
        mean = system["means"]["sample"]
        for figure in FIGURES:
            mine = [row for row in rows if row["system"] == system["name"] and row["figure"] == figure]
            *languages, last = mine
            assert [(row["level"], row["lang"], row["suite"]) for row in mine] == [
                *(("language", lang, "sample") for lang in LANGS),
                ("mean", "", "sample"),
            ]
            whole = [each["differences"][figure] for each in system["results"]]
            for row, found in zip(mine, [*whole, mean["differences"][figure]], strict=True):
                assert float(row["baseline_value"]) == found["a"]
                assert float(row["system_value"]) == found["b"]
                assert [float(row[f"interval_sentences_{end}"]) for end in ("low", "high")] == found["interval"]
                assert [float(row[name]) for name in ("difference", "p", "p_holm")] == [found[n] for n in ("difference", "p", "p_holm")]
                assert row["verdict"] == found["verdict"]
            general = mean["over_languages"][figure]
            assert [float(last[f"interval_languages_{end}"]) for end in ("low", "high")] == general["interval"]
            for name in ("estimate", "deviation", "p", "p_holm"):
                assert float(last[f"{name}_languages"]) == general[name]
            assert (last["verdict_languages"], last["signature"]) == (general["verdict"], mean["signature"])
            assert not any(row["interval_languages_low"] for row in languages)


def test_no_name_is_a_formula(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [quiet(tmp_path / name, ERRORS, 0, ("de",)) for name in ("=1+1", "@x", 'plain, "quoted"')]
    rows = list(csv.DictReader(io.StringIO(written("csv", *paths, capsys=capsys))))
    assert {row["baseline"] for row in rows} == {"'=1+1"}
    assert {row["system"] for row in rows} == {"'@x", 'plain, "quoted"'}


def environments(source: str) -> None:
    """A reader of LaTeX's structure: braces and dollars in pairs, environments closed in order, rows as wide as their table."""
    lines = [line.strip() for line in source.split("\n") if not line.lstrip().startswith("%")]
    opened: list[str] = []
    columns = 0
    for line in lines:
        bare = re.sub(r"\\[#$%&_{},\\]", "", line)  # escaped characters, thin spaces and ends of rows
        assert bare.count("{") == bare.count("}")
        assert bare.count("$") % 2 == 0
        assert not set(re.sub(r"\$[^$]*\$", "", bare)) & set("#%_^~<>|`")
        if begin := re.match(r"\\begin\{(\w+)\}(?:\{([lrc]+)\})?", line):
            opened.append(begin[1])
            columns = len(begin[2] or "")
        elif end := re.match(r"\\end\{(\w+)\}", line):
            assert opened.pop() == end[1]
        elif opened[-1:] == ["tabular"] and not re.fullmatch(r"\\(top|mid|bottom)rule", line):
            assert line.endswith(r" \\")
            assert bare.count("&") == columns - 1
    assert opened == []


def test_the_latex_is_a_table_for_each_figure(systems: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = report_of(tmp_path, *systems)
    source = written("latex", *systems, capsys=capsys)
    environments(source)
    tables = source.split(r"\begin{table}")[1:]
    assert len(tables) == len(FIGURES)
    for table, figure in zip(tables, FIGURES, strict=True):
        assert f"{{{named(figure).title} on sample, the mean over 4 languages" in table
        assert "after Holm's correction over 4 systems" in table
        rows = [line.strip().removesuffix(r" \\").split(" & ") for line in table.split("\n") if " & " in line][1:]
        assert [row[0] for row in rows] == [path.name for path in systems]
        for row, system in zip(rows[1:], report["systems"], strict=True):
            mean, rank = system["means"]["sample"], report["ranks"]["sample"][figure][system["label"]]
            found, general = mean["differences"][figure], mean["over_languages"][figure]
            marks = "*" * (found["p_holm"] < 0.05) + r"\dagger" * (general["p_holm"] < 0.05)
            assert row[1] == f"{100 * found['b']:.1f}"
            assert row[2] == f"${100 * found['difference']:+.1f}{f'^{{{marks}}}' if marks else ''}$"
            assert row[3] == "$[{:+.1f}, {:+.1f}]$".format(*(100 * end for end in found["interval"]))
            assert row[4].endswith("$[{:+.1f}, {:+.1f}]$".format(*(100 * end for end in general["interval"])))
            assert row[5] == f"{rank['rank']} ({rank['range'][0]}--{rank['range'][1]})"


def test_what_is_special_to_latex_is_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [quiet(tmp_path / name, source, 0, ("de",)) for name, source in ((r"a_&%$#{", ERRORS), (r"b}~^\<>|`", PERFECT), ("c", ERRORS))]
    source = written("latex", *paths, capsys=capsys)
    environments(source)
    assert r"a\_\&\%\$\#{\textbraceleft} & " in source
    assert r"b{\textbraceright}{\textasciitilde}{\textasciicircum}{\textbackslash}" in source


def test_markdown_has_the_same_tables(systems: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    page = written("md", *systems, capsys=capsys)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.split("\n") if line.startswith("|")]
    assert cells[0][1:] == [
        *("rank", "range", "mean of 4", "less A", "95 % over sentences", "p (Holm)", "over languages (95 %)", "p (Holm)"),
    ]
    assert [row[0] for row in cells[2:7]] == list("ABCDE")
    assert sum(row[0] == "mean of 4" for row in cells) == 4 * len(FIGURES)
