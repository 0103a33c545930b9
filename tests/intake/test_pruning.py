"""Spans deleted until the rank figure is at its best, with the test's gold at hand: the reviewer is told. Honest rows draw no remark."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from repos import ROOT, Changes, commit, make_main, submission

from boundarybench.cli.main import main
from boundarybench.intake.pruning import MIN_BEST, MIN_LANGUAGES, SHARE_LIMIT, TOLERANCE, SpanNumbers, pruned
from boundarybench.leaderboard import published
from boundarybench.protocol import FLOORS, RANK_FIGURE
from boundarybench.scoring.arithmetic import bp_at
from boundarybench.scoring.figures import named
from boundarybench.suites.manifests import packaged
from experiments.deletion_gains import Predicted, tables

FLOOR = FLOORS[RANK_FIGURE]
NAME = "new-system"
SAMPLE = packaged()["sample"]
LANGS = [language.code for language in SAMPLE.languages if language.headline]

Numbers = dict[str, SpanNumbers]


def made(*shares: float, gold: int = 1000) -> Numbers:
    """A language for each share of k · gold."""
    return {f"l{k:02}": SpanNumbers(gold, round(share * FLOOR * gold)) for k, share in enumerate(shares)}


class TestTheRule:
    def test_half_of_the_languages_are_enough(self) -> None:
        found = pruned("s", made(1.0, 1 - TOLERANCE, 1 + TOLERANCE, 1.1, 1.2, 1.5))
        assert found is not None
        assert (found.languages, found.held, found.share, found.limit) == (("l00", "l01", "l02"), 6, 0.5, SHARE_LIMIT)
        assert pruned("s", made(1.0, 0.98, 1.02, 1.1, 1.2, 1.5, 1.3)) is None

    def test_languages_with_fewer_predictions_have_nothing_to_delete(self) -> None:
        found = pruned("s", made(1.0, 1.0, 1.0, 0.9, 0.5, 0.0, 0.97))
        assert found is not None
        assert (len(found.languages), found.held) == (3, 3)

    def test_a_few_languages_say_nothing(self) -> None:
        assert pruned("s", made(*[1.0] * (MIN_LANGUAGES - 1))) is None
        assert pruned("s", made(*[1.0] * MIN_LANGUAGES)) is not None
        assert pruned("s", {}) is None

    def test_small_languages_say_nothing(self) -> None:
        gold = int(MIN_BEST / FLOOR)
        assert pruned("s", made(*[1.0] * 5, gold=gold + 2)) is not None
        assert pruned("s", made(*[1.0] * 5, gold=gold - 2)) is None


def deleted(copy_of: str, keep: float, langs: list[str]) -> Changes:
    """An example of which so many spans, as a share of gold's, are left in some languages: those that are right stay longest."""
    gold = submission(NAME, "example-perfect")
    changes = submission(NAME, copy_of)
    for lang in langs:
        path = f"submissions/{NAME}/sample/{lang}.jsonl"
        records = [json.loads(line) for line in changes[path][1].splitlines()]  # type: ignore[index, union-attr]
        answers = [json.loads(line)["tags"] for line in gold[path][1].splitlines()]  # type: ignore[index, union-attr]
        spans = [(index, start, end) for index, each in enumerate(records) for start, end in intervals(each["tags"])]
        surest = sorted(spans, key=lambda span: (*span[1:],) not in intervals(answers[span[0]]))
        for index, start, end in surest[round(keep * sum(len(intervals(tags)) for tags in answers)) :]:
            records[index]["tags"][start:end] = ["O"] * (end - start)
        changes[path] = ("100644", "".join(json.dumps({"id": each["id"], "tags": each["tags"]}) + "\n" for each in records).encode())
    return changes


def intervals(tags: list[str]) -> list[tuple[int, int]]:
    """The spans of a sentence, by the *begin* rule."""
    kinds = [tag[2:] for tag in tags] + [""]
    starts = [k for k, tag in enumerate(tags) if tag != "O" and (tag[0] == "B" or k == 0 or kinds[k - 1] != kinds[k])]
    return [(start, next(k for k in range(start + 1, len(kinds)) if k in starts or kinds[k] != kinds[start])) for start in starts]


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_main(tmp_path_factory.mktemp("pruning") / "main")


def test_the_gate_tells_and_does_not_refuse(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = commit(repo, deleted("example-typical-errors", FLOOR, LANGS[:6]))
    call = ["ci", "check", "--repo", str(repo), "--base", "main", "--head", head]
    assert main([*call, "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["prunings"]
    assert (found["suite"], sorted(found["languages"]), found["held"]) == ("sample", sorted(LANGS[:6]), len(LANGS))
    assert found["share"] == 6 / len(LANGS)
    assert main(call) == 0
    text = capsys.readouterr().out
    assert f"sample: the number of predictions is within 2.0 % of {100 * FLOOR:.1f} % of gold's, where {named(RANK_FIGURE).title}" in text
    assert f"in 6 of the {len(LANGS)} languages that have so many (limit 50.0 %): {' '.join(found['languages'])}." in text


@pytest.mark.parametrize(("keep", "langs"), [(FLOOR, LANGS[:3]), (1.0, []), (FLOOR + 0.05, LANGS), (FLOOR - 0.05, LANGS)])
def test_others_draw_no_remark(keep: float, langs: list[str], repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = commit(repo, deleted("example-typical-errors", keep, langs))
    assert main(["ci", "check", "--repo", str(repo), "--base", "main", "--head", head, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["prunings"] == []


@cache
def committed() -> list[tuple[str, str, dict[str, Predicted]]]:
    """The rows of every table: system, suite, spans by language. Who asks wants the fixture `data`."""
    return list(tables(ROOT / "submissions"))


def best_cut(row: Predicted) -> SpanNumbers:
    """What is left of a language where its least sure spans are deleted until the rank figure is at its best."""
    assert row.scores is not None
    right = np.cumsum(row.right[np.argsort(-row.scores, kind="stable")])
    figures = bp_at(FLOOR, right, np.arange(1, len(right) + 1), row.gold)
    return SpanNumbers(row.gold, int(figures.argmax()) + 1 if len(figures) else 0)


def test_no_committed_row_is_pruned(data: Path) -> None:
    for system, suite, sets in committed():
        assert pruned(suite, {lang: SpanNumbers(row.gold, len(row.right)) for lang, row in sets.items()}) is None, (system, suite)


def test_every_committed_row_with_scores_is_seen_where_it_is_pruned(data: Path) -> None:
    """Each language cut by its own scores where gold says that it is best. Rows that have too few languages to delete in are not seen."""
    seen = []
    for system, suite, sets in committed():
        if all(row.scores is not None for row in sets.values()):
            cut = {lang: best_cut(row) for lang, row in sets.items()}
            open_to_it = sum(len(row.right) >= FLOOR * row.gold >= MIN_BEST for row in sets.values())
            if open_to_it > MIN_LANGUAGES:
                assert pruned(suite, cut) is not None, (system, suite, cut)
                seen.append((system, suite))
    assert len(seen) >= 8


def published_rows() -> Iterator[tuple[str, Numbers]]:
    """Other people's outputs by what they published: predicted / gold is recall / precision, whichever spans are right."""
    found: defaultdict[str, Numbers] = defaultdict(dict)
    with (Path(published.__file__).parent / "published" / "politov-2025.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if float(row["precision"] or 0):
                gold = int(float(row["gold_entities"]))
                predicted = round(gold * float(row["recall"]) / float(row["precision"]))
                found[f"{row['suite']} {row['method']} {row['aligner']}"][row["lang"]] = SpanNumbers(gold, predicted)
    yield from found.items()


def test_published_outputs_draw_no_remark() -> None:
    rows = dict(published_rows())
    assert len(rows) > 30
    assert [name for name, numbers in rows.items() if pruned(name, numbers)] == []


def test_405_outputs_of_xlmr_draw_no_remark(data: Path) -> None:
    found: defaultdict[tuple[str, str], Numbers] = defaultdict(dict)
    with (data / "predictions" / "masakhaner1-xlmr-base" / "official.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            predicted = round(1000 * float(row["recall"]) / float(row["precision"]))
            found[row["source"], row["seed"]][row["target"]] = SpanNumbers(1000, predicted)
    assert len(found) == 45
    assert [name for name, numbers in found.items() if pruned("masakhaner1", numbers)] == []
