"""The tables behind the findings: published figures as published, intervals by the book, every cited row there."""

import re

import pytest
from scipy.stats import ttest_1samp

from experiments import findings_tables, transfer_anatomy
from experiments.projection_report import ROOT


def cells(table):
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.split("\n")[2:]]


def test_published_families():
    """Means that the authors' own averages give: F1 67.3 against 52.1, precision 73.9 against 48.6; on PAN-X 41.5 against 50.9."""
    rows = {tuple(row[:4]): row[4:] for row in cells(findings_tables._published(findings_tables._FAMILIES))}
    precision, _, f1 = rows["masakhaner2 (18)", "model-transfer", "s2t-heuristic", "awesome"]
    assert (precision[:5], f1[:5], f1[-4:]) == ("+25.3", "+15.2", "; 15")
    assert rows["xtreme (39)", "model-transfer", "s2t-heuristic", "awesome"][2].startswith("-9.3")
    assert len(rows) == 2 * 2 * 6 + 2 * 3  # Europarl has no back-translation


def test_intervals_are_students():
    values = [1.0, 2.5, -0.5, 4.0]
    interval = ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert findings_tables._with_interval(values) == f"+1.8 ({interval.low:+.1f} to {interval.high:+.1f})"


def test_rows_are_compared_as_compare_does(monkeypatch):
    contrast = findings_tables.Contrast("example-perfect", "example-typical-errors", "sample")
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(findings_tables, "CONTRASTS", (contrast,))
    ((a, b, suite, bp50, *_, languages),) = cells(findings_tables._contrasts())
    assert (a, b, suite) == ("example-perfect", "example-typical-errors", "sample (10)")
    assert bp50.startswith("-26.5 (")
    assert sum(map(int, languages.split(" / "))) == 11
    assert languages.startswith("0 / ")


@pytest.mark.parametrize("page", ["findings", "reference-rows"])
def test_every_row_and_page_that_is_named_exists(page):
    text = (ROOT / "docs" / f"{page}.md").read_text()
    known = {path.stem for path in (ROOT / "results" / "systems").iterdir()}
    named = set(re.findall(r"`((?:scratch|trivial)-[a-z-]+)`", text)) | set(re.findall(r"submissions/([a-z0-9-]+)", text))
    assert named <= known
    for target in re.findall(r"\]\(([\w./-]+\.md)\)", text):
        assert (ROOT / "docs" / target).is_file(), target


def test_the_page_of_xlmrs_outputs_is_what_they_say(data):
    """54 outputs, six of them on their own language (tests/test_official_figures.py has their official figures)."""
    found = transfer_anatomy.outputs(data)
    assert len(found) == 54
    assert {each.target for each in found} == {"hau", "luo", "swa"}
    assert sum(each.kind == "own" for each in found) == 6
    assert (ROOT / "docs" / "transfer-anatomy.md").read_text() == transfer_anatomy.page(found)
