"""What `compare` reports: each system against the baseline by test set, by suite and overall, with intervals and verdicts; and ranks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from string import ascii_uppercase
from typing import Any

from .comparison import TEST, Compared, SystemPair
from .gold.model import named
from .protocol import TYPES, signature
from .selection import Types, scored_types, selection
from .suites.manifests import find, packaged
from .suites.pins import mean_name, ranked
from .uncertainty.claims import both_claims, in_languages_like_these, on_these
from .uncertainty.differences import ALPHA, FEW_UNITS, Sampled, conclude, holm, mean, verdict, winner
from .uncertainty.over_languages import OverLanguages, over_languages, p_over_languages
from .uncertainty.rank_ranges import rank_ranges, ranks

#: Several systems on one test set, as `compare_all` gives them.
Row = Mapping[SystemPair, Compared]
#: Means by figure and pair of systems.
Means = dict[str, dict[SystemPair, Sampled]]
#: The pairs of the baseline with each other system, and what the other system is called in verdicts.
Labels = Mapping[SystemPair, str]
#: The signature of a suite, its rows, and their languages.
Signed = Callable[[str, Sequence[Compared], str], str]

#: The mean of the two suite means.
OVERALL = "overall"


def label(index: int) -> str:
    """What the system of that index is called in verdicts: A (the baseline), B, ... Z, AA, ..., as spreadsheets name columns."""
    before, last = divmod(index, len(ascii_uppercase))
    return (label(before - 1) if before else "") + ascii_uppercase[last]


def as_json(rows: Sequence[Row], names: Sequence[str], figures: Sequence[str], types: Types, replicates: int) -> dict[str, Any]:
    """The report on any number of systems and test sets, in plain JSON types.

    `systems`: of each system but the baseline, `results` by test set, `means` by suite and, where all systems are complete in both
    suites, `overall`. `ranks`: of all systems, by suite or `overall`, by figure.

    Args:
        rows: of each test set.
        names: of the systems, the baseline first.
    """
    chosen = selection(types)

    def signed(suite: str, inside: Sequence[Compared], langs: str) -> str:
        fingerprints = [row.fingerprint for row in inside]
        names = chosen.names if chosen.chosen else scored_types(inside[0].suite) if inside else TYPES
        version = inside[0].version if inside else ""
        return signature(named(suite, version), fingerprints, langs, names, figure="+".join(figures), replicates=replicates, test=TEST)

    labels = {(names[0], name): label(index) for index, name in enumerate(names[1:], 1)}
    first = next(iter(labels))
    systems: dict[SystemPair, dict[str, Any]] = {pair: {"label": b, "results": [], "means": {}} for pair, b in labels.items()}
    averages: dict[str, Means] = {}
    for suite in dict.fromkeys(row[first].suite for row in rows):
        inside = [row for row in rows if row[first].suite == suite]
        about = _about(suite, [row[first] for row in inside], signed)
        headline = [row for row in inside if row[first].lang in about["languages"]]
        averages[suite] = {name: found for name in figures if (found := _mean(_having(headline, name)))}
        by_language = _by_language(inside, labels, figures)
        means = _suite_means(headline, averages[suite], labels, figures)
        for pair, b in labels.items():
            systems[pair]["results"] += _results([row[pair] for row in inside], by_language[pair], signed)
            tallies = {name: _tally(by_language[pair], name, b) for name in figures}
            systems[pair]["means"][suite] = {**about, "verdicts": tallies, **means[pair]}
    overall_suites = [suite.name for suite in packaged().values() if suite.overall]
    if all(suite in averages and systems[first]["means"][suite]["complete"] for suite in overall_suites):
        parts = {name: [averages[suite][name] for suite in overall_suites if name in averages[suite]] for name in figures}
        averages[OVERALL] = {name: _mean(having) for name, having in parts.items() if having}
        test_sets = sum(len(systems[first]["means"][suite]["languages"]) for suite in overall_suites)
        at_mean = {name: _at_mean(of, labels, test_sets, "test set") for name, of in averages[OVERALL].items()}
        for pair in labels:
            systems[pair]["overall"] = {name: of[pair] for name, of in at_mean.items()}
    return {
        "replicates": replicates,
        "figures": list(figures),
        "systems": list(systems.values()),
        "ranks": {where: {name: _ranks(of, labels) for name, of in means.items()} for where, means in averages.items()},
    }


def _having(rows: Sequence[Row], figure: str) -> list[dict[SystemPair, Sampled]]:
    """A figure on the test sets that have it; all pairs have it or none."""
    found = ({pair: compared.figures[figure] for pair, compared in row.items() if figure in compared.figures} for row in rows)
    return [row for row in found if row]


def _mean(parts: Sequence[Mapping[SystemPair, Sampled]]) -> dict[SystemPair, Sampled]:
    """The mean of each pair over parts; of none, no pair."""
    return {pair: mean([part[pair] for part in parts]) for pair in (parts[0] if parts else ())}


def _about(suite: str, inside: Sequence[Compared], signed: Signed) -> dict[str, Any]:
    """What a suite's means are of, the same for every pair."""
    known = find(suite)
    wanted = ranked(known, inside[0].version) if known else tuple(row.lang for row in inside)
    headline = [row for row in inside if row.lang in wanted]
    missing = sorted(set(wanted) - {row.lang for row in headline})
    return {
        "signature": signed(mean_name(known) if known else suite, headline, str(len(headline))),
        "languages": [row.lang for row in headline],
        "missing_languages": missing,
        "apart": [row.lang for row in inside if row.lang not in wanted],
        "complete": not missing and all(row.pinned for row in headline),
    }


def _results(rows: Sequence[Compared], differences: Sequence[dict[str, Any]], signed: Signed) -> list[dict[str, Any]]:
    """The test sets of one pair, with what there is to say of each."""
    return [
        {
            "suite": row.suite,
            "lang": row.lang,
            **({"gold_version": row.version} if row.version else {}),
            "signature": signed(row.suite, [row], row.lang),
            "pinned": row.pinned,
            "sentences": row.sentences,
            "units": row.units,
            "differing": row.differing,
            "runs": dict(zip("ab", row.runs, strict=True)),
            **({} if row.not_scored is None else {"not_scored": row.not_scored}),
            "differences": found,
        }
        for row, found in zip(rows, differences, strict=True)
    ]


def _by_language(rows: Sequence[Row], labels: Labels, figures: Sequence[str]) -> dict[SystemPair, list[dict[str, Any]]]:
    """Each pair's differences on each test set, by figure; p values are adjusted over pairs and test sets, for each figure on its own."""
    found: dict[SystemPair, list[dict[str, Any]]] = {pair: [{} for _ in rows] for pair in labels}
    for name in figures:
        having = [(pair, index) for pair in labels for index, row in enumerate(rows) if name in row[pair].figures]
        concluded = [conclude(rows[index][pair].figures[name]) for pair, index in having]
        adjusted = holm([each.p for each in concluded])
        for (pair, index), each, p_holm in zip(having, concluded, adjusted, strict=True):
            found[pair][index][name] = {
                **asdict(each),
                "p_holm": p_holm,
                "too_few": rows[index][pair].differing < FEW_UNITS,
                "verdict": verdict(each.difference, p_holm, labels[pair]),
            }
    return found


def _tally(differences: Sequence[Mapping[str, Any]], figure: str, b: str) -> dict[str, int]:
    """How many languages have each verdict."""
    found = [row[figure]["verdict"] for row in differences if figure in row]
    return {words: found.count(words) for words in (f"{b} is better", "A is better", "no difference shown")}


def _suite_means(headline: Sequence[Row], averages: Means, labels: Labels, figures: Sequence[str]) -> dict[SystemPair, dict[str, Any]]:
    """Each pair's means, and what they say: of their languages, and of languages like them."""
    found: dict[SystemPair, dict[str, Any]] = {pair: {"differences": {}, "over_languages": {}, "claims": {}} for pair in labels}
    for name in figures:
        having = _having(headline, name)
        at_mean = _at_mean(averages[name], labels, len(having), "language") if name in averages else {}
        general = _over_languages(having, labels)
        for pair, b in labels.items():
            like_these = general.get(pair)
            found[pair]["over_languages"][name] = like_these
            if mine := at_mean.get(pair):
                found[pair]["differences"][name] = mine
                like = winner(like_these["estimate"], like_these["p_holm"], b) if like_these else None
                found[pair]["claims"][name] = both_claims(mine["verdict"], winner(mine["difference"], mine["p_holm"], b), like)
    return found


def _at_mean(sampled: Mapping[SystemPair, Sampled], labels: Labels, count: int, what: str) -> dict[SystemPair, dict[str, Any]]:
    """Each pair's difference at a mean over so many languages or test sets; p values are adjusted over the pairs."""
    concluded = [conclude(sampled[pair]) for pair in labels]
    adjusted = holm([each.p for each in concluded])
    return {
        pair: {**asdict(each), "p_holm": p_holm, "verdict": on_these(winner(each.difference, p_holm, b), count, what)}
        for (pair, b), each, p_holm in zip(labels.items(), concluded, adjusted, strict=True)
    }


def _over_languages(parts: Sequence[Mapping[SystemPair, Sampled]], labels: Labels) -> dict[SystemPair, dict[str, Any]]:
    """Each pair's difference where the languages are a sample of languages; p values are adjusted over the pairs. No pair of too few."""
    found: dict[SystemPair, OverLanguages] = {}
    for pair in labels:
        sampled = [part[pair] for part in parts]
        if general := over_languages([each.b - each.a for each in sampled], [each.variance for each in sampled]):
            found[pair] = general
    p_values = [p_over_languages(each) for each in found.values()]
    return {
        pair: {
            **asdict(each),
            "p": p,
            "p_holm": p_holm,
            "verdict": in_languages_like_these(winner(each.estimate, p_holm, labels[pair])),
        }
        for (pair, each), p, p_holm in zip(found.items(), p_values, holm(p_values), strict=True)
    }


def _ranks(sampled: Mapping[SystemPair, Sampled], labels: Labels) -> dict[str, dict[str, Any]]:
    """The value, rank and range of ranks of each system, by its label; as on a board, tests are not corrected over pairs."""
    baseline, _ = next(iter(labels))
    values = {baseline: sampled[next(iter(labels))].a} | {pair[1]: sampled[pair].b for pair in labels}
    label_of = {baseline: label(0)} | {pair[1]: b for pair, b in labels.items()}
    ranges = rank_ranges(values, [pair for pair, each in sampled.items() if conclude(each).p < ALPHA])
    return {label_of[name]: {"value": values[name], "rank": rank, "range": ranges[name]} for name, rank in ranks(values).items()}
