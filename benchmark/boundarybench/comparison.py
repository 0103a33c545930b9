"""What `compare` reports: differences of two systems by test set, by suite and overall, each with interval, p value and verdict.

Like the report of `score`, this is where counts from `scoring`, what `uncertainty` makes of them, and the signature meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .gold.model import FILE, Gold, named
from .protocol import TYPES, signature
from .selection import Types, scored_types, selection
from .suites.manifests import find, packaged
from .suites.pins import mean_name, ranked
from .uncertainty.differences import FEW_UNITS, Sampled, SystemCounts, conclude, holm, mean, sample, verdict
from .uncertainty.over_languages import over_languages

#: Replicates of a comparison. More than a score's: Holm's correction over 57 languages asks for p values below 0.001.
REPLICATES = 10_000

#: The test whose p values are reported, as signatures name it.
TEST = "randomisation"


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two systems on one test set.

    Attributes:
        version: the older copy of the gold; "" for today's.
        fingerprint: the gold's structure fingerprint.
        pinned: whether the manifest knows it.
        units: how many documents, blocks or sentences are drawn and swapped (docs/uncertainty.md).
        differing: those on which the two systems' counts differ.
        runs: how many runs each system has.
        figures: by name; without those that are null for either system.
        not_scored: by type, gold's spans that do not count, and those of `a` and of `b` (of all their runs); None where the protocol's
            rules for the suite say what counts.
    """

    suite: str
    lang: str
    version: str
    fingerprint: str
    pinned: bool
    sentences: int
    units: int
    differing: int
    runs: tuple[int, int]
    figures: dict[str, Sampled]
    not_scored: dict[str, dict[str, int]] | None = None


def compare(gold: Gold, a: SystemCounts, b: SystemCounts, figures: Sequence[str], replicates: int = REPLICATES) -> Compared:
    """Compare two systems on one test set; `figures` are names as in `figures_of`."""
    # A file of one's own has no name to share: its draws are the same whatever it is called.
    name = gold.suite if gold.suite == FILE else f"{gold.suite}/{gold.lang}"
    sampled, differing = sample(a, b, gold.units, name, figures, replicates)
    return Compared(
        suite=gold.suite,
        lang=gold.lang,
        version=gold.version,
        fingerprint=gold.structure,
        pinned=gold.pinned,
        sentences=gold.sentences,
        units=gold.unit_count,
        differing=differing,
        runs=(len(a.runs), len(b.runs)),
        figures=sampled,
    )


def as_json(rows: Sequence[Compared], figures: Sequence[str], types: Types, replicates: int) -> dict[str, Any]:
    """The report on any number of test sets, in plain JSON types.

    `results` by test set, `means` by suite and, where both systems are complete in both suites, `overall`.
    """
    chosen = selection(types)
    suites = {name: [row for row in rows if row.suite == name] for name in dict.fromkeys(row.suite for row in rows)}

    def signed(suite: str, inside: Sequence[Compared], langs: str) -> str:
        fingerprints = [row.fingerprint for row in inside]
        names = chosen.names if chosen.chosen else scored_types(inside[0].suite) if inside else TYPES
        version = inside[0].version if inside else ""
        return signature(named(suite, version), fingerprints, langs, names, figure="+".join(figures), replicates=replicates, test=TEST)

    results, means = [], {}
    averages: dict[str, dict[str, Sampled]] = {}
    for suite, inside in suites.items():
        differences = _by_language(inside, figures)
        results += [
            {
                "suite": suite,
                "lang": row.lang,
                **({"gold_version": row.version} if row.version else {}),
                "signature": signed(suite, [row], row.lang),
                "pinned": row.pinned,
                "sentences": row.sentences,
                "units": row.units,
                "differing": row.differing,
                "runs": dict(zip("ab", row.runs, strict=True)),
                **({} if row.not_scored is None else {"not_scored": row.not_scored}),
                "differences": found,
            }
            for row, found in zip(inside, differences, strict=True)
        ]
        known = find(suite)
        wanted = ranked(known, inside[0].version) if known else tuple(row.lang for row in inside)
        headline = [row for row in inside if row.lang in wanted]
        missing = sorted(set(wanted) - {row.lang for row in headline})
        averages[suite] = _means([row.figures for row in headline], figures)
        means[suite] = {
            "signature": signed(mean_name(known) if known else suite, headline, str(len(headline))),
            "languages": [row.lang for row in headline],
            "missing_languages": missing,
            "apart": [row.lang for row in inside if row.lang not in wanted],
            "complete": not missing and all(row.pinned for row in headline),
            "differences": {name: _one(sampled) for name, sampled in averages[suite].items()},
            "verdicts": {name: _tally(differences, name) for name in figures},
            "over_languages": _over_languages([row.figures for row in headline], figures),
        }
    report: dict[str, Any] = {"replicates": replicates, "figures": list(figures), "results": results, "means": means}
    overall_suites = [suite.name for suite in packaged().values() if suite.overall]
    if all(suite in means and means[suite]["complete"] for suite in overall_suites):
        overall = _means([averages[suite] for suite in overall_suites], figures)
        report["overall"] = {name: _one(sampled) for name, sampled in overall.items()}
    return report


def _by_language(rows: Sequence[Compared], figures: Sequence[str]) -> list[dict[str, Any]]:
    """The differences of each row, by figure; p values are adjusted over the rows, for each figure on its own."""
    found: list[dict[str, Any]] = [{} for _ in rows]
    for name in figures:
        having = [index for index, row in enumerate(rows) if name in row.figures]
        concluded = [conclude(rows[index].figures[name]) for index in having]
        adjusted = holm([each.p for each in concluded])
        for index, each, p_holm in zip(having, concluded, adjusted, strict=True):
            found[index][name] = {
                **asdict(each),
                "p_holm": p_holm,
                "too_few": rows[index].differing < FEW_UNITS,
                "verdict": verdict(each.difference, p_holm),
            }
    return found


def _means(parts: Sequence[Mapping[str, Sampled]], figures: Sequence[str]) -> dict[str, Sampled]:
    """The mean of each figure over the parts that have it."""
    having = {name: [part[name] for part in parts if name in part] for name in figures}
    return {name: mean(sampled) for name, sampled in having.items() if sampled}


def _one(sampled: Sampled) -> dict[str, Any]:
    """A mean: one test, nothing to correct for."""
    found = conclude(sampled)
    return {**asdict(found), "verdict": verdict(found.difference, found.p)}


def _over_languages(parts: Sequence[Mapping[str, Sampled]], figures: Sequence[str]) -> dict[str, dict[str, Any] | None]:
    """Each figure's difference where the languages are a sample of languages; None of too few."""
    found: dict[str, dict[str, Any] | None] = {}
    for name in figures:
        having = [part[name] for part in parts if name in part]
        general = over_languages([each.b - each.a for each in having], [each.variance for each in having])
        found[name] = None if general is None else {**asdict(general), "verdict": _claim(general.interval)}
    return found


def _claim(interval: tuple[float, float]) -> str:
    """What an interval over languages lets one say of languages that were not tested."""
    low, high = interval
    if low <= 0 <= high:
        return "not shown for languages like these"
    return f"{'B' if low > 0 else 'A'} is better in languages like these"


def _tally(differences: Sequence[Mapping[str, Any]], figure: str) -> dict[str, int]:
    """How many languages have each verdict."""
    found = [row[figure]["verdict"] for row in differences if figure in row]
    return {words: found.count(words) for words in ("B is better", "A is better", "no difference shown")}
