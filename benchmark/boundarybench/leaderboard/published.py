"""Figures that others published for their own runs: typed precision, recall and F1, as their files say."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from statistics import fmean

from ..suites.manifests import packaged
from ..suites.pins import ranked

#: File, what it is, and where it comes from.
SOURCES = (
    ("politov-2025.csv", "Politov et al. 2025", "per-language result files of arXiv:2501.18750 (`boundarybench cite`)"),
    (
        "thesis-2024.csv",
        "Shkalikov 2024",
        "master thesis of O. Shkalikov, December 2024, MasakhaNER 2.0 table: F1 to three digits, another encoder than the paper's",
    ),
)


@dataclass(frozen=True, slots=True)
class Published:
    """A mean over a suite's ranked languages that its authors' figures give; None for what they did not report."""

    source: str
    suite: str
    method: str
    aligner: str
    languages: int
    precision: float | None
    recall: float | None
    f1: float


def published() -> tuple[Published, ...]:
    """The means of every method and suite in the published files, over the languages of our own means, sorted."""
    found = [row for name, source, _ in SOURCES for row in _means(source, lines(name))]
    return tuple(sorted(found, key=lambda row: (row.source, row.suite, -row.f1, row.method, row.aligner)))


def lines(name: str) -> list[dict[str, str]]:
    """The lines of one of the files of `SOURCES`, each with `suite`, `lang`, `method` and `aligner`."""
    text = files(__package__).joinpath("published", name).read_text(encoding="utf-8")
    # The thesis' table is of one suite and one aligner, and its file has no columns for them.
    return [{"suite": "masakhaner2", "aligner": "awesome", **record} for record in csv.DictReader(text.splitlines())]


def _means(source: str, records: list[dict[str, str]]) -> Iterator[Published]:
    methods = dict.fromkeys((record["suite"], record["method"]) for record in records)
    for suite, method in methods:
        known = packaged().get(suite)
        if known is None:
            continue
        of_method = [record for record in records if (record["suite"], record["method"]) == (suite, method)]
        for aligner in dict.fromkeys(record["aligner"] for record in of_method):
            rows = [record for record in of_method if record["aligner"] == aligner and record["lang"] in ranked(known)]
            known_figures = [figure for figure in ("precision", "recall", "f1") if figure in rows[0]]
            means = {figure: fmean(float(row[figure]) for row in rows) for figure in known_figures}
            aligner = "" if method == "model-transfer" else aligner
            yield Published(source, suite, method, aligner, len(rows), means.get("precision"), means.get("recall"), means["f1"])
