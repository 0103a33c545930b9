"""Gold's own tags, and another row's predictions, handed in as a system: the reviewer is told. Honest rows draw no remark."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repos import ROOT, Changes, commit, git, make_main, submission

from boundarybench.cli.main import main
from boundarybench.intake.catalogue import Refusals
from boundarybench.intake.copies import LIMIT, ZERO_SHOT_LIMIT, remarks
from boundarybench.intake.objects import Repository
from boundarybench.intake.row_files import row_files
from boundarybench.intake.walk import Walk
from boundarybench.leaderboard import store
from boundarybench.leaderboard.rank import standings
from boundarybench.suites.manifests import packaged

SAMPLE = packaged()["sample"]

Tags = list[str]
Change = Callable[[str, int, Tags], Tags]

GOLD, ROW = "example-perfect", "example-typical-errors"
LANGS = sorted(language.code for language in SAMPLE.languages)
NEW = "submissions/new-system"


def made(copy_of: str, change: Change, *, track: str = "zero-shot", authors: tuple[str, ...] = ("Somebody else",)) -> Changes:
    """An example handed in as a system of one's own, each sentence's tags as `change(lang, index, tags)` gives them."""
    found: Changes = {}
    for path, entry in submission("new-system", copy_of).items():
        data = entry[1]  # type: ignore[index]
        if str(path).endswith("system.json"):
            stated = json.loads(data)
            stated |= {"tracks": {"default": track}, "authors": list(authors)}
            found[path] = ("100644", json.dumps(stated).encode())
        else:
            lang = Path(str(path)).stem
            records = [json.loads(line) for line in data.splitlines()]  # type: ignore[union-attr]
            lines = (json.dumps({"id": each["id"], "tags": change(lang, index, each["tags"])}) for index, each in enumerate(records))
            found[path] = ("100644", "".join(line + "\n" for line in lines).encode())
    return found


def same(lang: str, index: int, tags: Tags) -> Tags:
    return tags


def nothing(tags: Tags) -> Tags:
    return ["O"] * len(tags)


def shifted(tags: Tags) -> Tags:
    """A span of one token where there was none, and none of those that there were."""
    return ["O" if tag != "O" else "B-LOC" if index == tags.index("O") else "O" for index, tag in enumerate(tags)] if "O" in tags else tags


def every(number: int, other: Callable[[Tags], Tags]) -> Change:
    return lambda lang, index, tags: other(tags) if index % number == 0 else tags


def retyped(lang: str, index: int, tags: Tags) -> Tags:
    swap = {"PER": "ORG", "ORG": "LOC", "LOC": "PER"}
    return [tag if tag == "O" else tag[:2] + swap[tag[2:]] for tag in tags]


def one_language_empty(lang: str, index: int, tags: Tags) -> Tags:
    return nothing(tags) if lang == "tr" else tags


def half_dropped(lang: str, index: int, tags: Tags) -> Tags:
    return nothing(tags) if index % 2 else tags


def honest(lang: str, index: int, tags: Tags) -> Tags:
    """What no row has in common with another: the rows' examples with every third sentence done otherwise."""
    return shifted(tags) if index % 3 == 0 else tags


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_main(tmp_path_factory.mktemp("copies") / "main")


def remarked(repo: Path, changes: Changes, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The remarks on a request, which passes."""
    head = commit(repo, changes)
    assert main(["ci", "check", "--repo", str(repo), "--base", "main", "--head", head, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == "pass"
    found: list[dict[str, Any]] = report["remarks"]
    return found


COPIES: dict[str, Change] = {
    "as it is": same,
    "a few sentences left out": every(25, nothing),
    "a few sentences changed": every(25, shifted),
    "other types": retyped,
    "an empty language": one_language_empty,
    "half of the sentences": half_dropped,
    "other types and an empty language": lambda lang, index, tags: retyped(lang, index, one_language_empty(lang, index, tags)),
}


@pytest.mark.parametrize("copy_of", [GOLD, ROW])
@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_remarked(name: str, copy_of: str, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = remarked(repo, made(copy_of, COPIES[name]), capsys)
    assert {(each["suite"], each["row"], each["related"]) for each in found} == (
        {("sample", None, False), ("sample", GOLD, False)} if copy_of == GOLD else {("sample", ROW, False)}
    )
    for each in found:
        assert each["limit"] == ZERO_SHOT_LIMIT
        assert each["share"] >= ZERO_SHOT_LIMIT
        assert each["share"] == each["tally"]["equal"] / each["tally"]["own"]


def test_the_summary_says_it(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = commit(repo, made(GOLD, same))
    assert main(["ci", "check", "--repo", str(repo), "--base", "main", "--head", head]) == 0
    text = capsys.readouterr().out
    assert "**For the reviewer:** more spans are the same" in text
    assert "sample: 100.0 % of 1,728 spans in 11 languages as in **gold** (limit 90.0 %)" in text
    assert f"as in **{GOLD}** (limit" in text


def test_a_copy_in_a_few_languages_names_them(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The suite's share is an honest one."""
    changes = made(ROW, honest)
    gold = made(GOLD, same)
    changes |= {f"{NEW}/sample/{lang}.jsonl": gold[f"{NEW}/sample/{lang}.jsonl"] for lang in ("sw", "yo")}
    found = remarked(repo, changes, capsys)
    assert [(each["row"], each["languages"]) for each in found] == [(None, {"sw": 1.0, "yo": 1.0}), (GOLD, {"sw": 1.0, "yo": 1.0})]
    assert found[0]["share"] < ZERO_SHOT_LIMIT


def test_a_mosaic_of_two_rows_names_both(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes, gold = made(ROW, same), made(GOLD, same)
    changes |= {f"{NEW}/sample/{lang}.jsonl": gold[f"{NEW}/sample/{lang}.jsonl"] for lang in LANGS[:5]}
    found = {each["row"]: set(each["languages"]) for each in remarked(repo, changes, capsys)}
    assert found == {None: set(LANGS[:5]), GOLD: set(LANGS[:5]), ROW: set(LANGS[5:])}


def test_runs_are_looked_at(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes, gold = made(ROW, honest), made(GOLD, same)
    changes |= {f"{NEW}/runs/7/sample/{lang}.jsonl": gold[f"{NEW}/sample/{lang}.jsonl"] for lang in LANGS}
    found = remarked(repo, changes, capsys)
    assert [(each["run"], each["row"], each["share"]) for each in found] == [("7", None, 1.0), ("7", GOLD, 1.0)]


def test_runs_of_a_row_are_looked_at(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = {
        f"submissions/{ROW}/runs/seed-1/sample/{lang}.jsonl": entry
        for lang in LANGS
        if (entry := made(ROW, honest)[f"{NEW}/sample/{lang}.jsonl"])
    }
    base = commit(repo, theirs)
    head = commit(repo, made(ROW, honest), base)
    assert main(["ci", "check", "--repo", str(repo), "--base", base, "--head", head, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["remarks"]
    assert [(each["row"], each["row_run"], each["share"]) for each in found] == [(ROW, "seed-1", 1.0)]


class TestWhatIsHonest:
    def test_a_system_of_its_own(self, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert remarked(repo, made(ROW, honest), capsys) == []

    def test_a_change_to_a_row_is_not_held_against_itself(self, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = f"submissions/{ROW}/sample/sw.jsonl"
        changed = made(ROW, every(40, nothing))[f"{NEW}/sample/sw.jsonl"]
        assert remarked(repo, {path: changed}, capsys) == []

    def test_who_tags_little_shares_it_with_everybody(self, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert remarked(repo, made(GOLD, lambda lang, index, tags: tags if index % 10 == 0 else nothing(tags)), capsys) == []

    def test_nothing_predicted(self, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert remarked(repo, made(GOLD, lambda lang, index, tags: nothing(tags)), capsys) == []

    @pytest.mark.parametrize(
        ("track", "limit"), [("zero-shot", ZERO_SHOT_LIMIT), ("exposure-unknown", ZERO_SHOT_LIMIT), ("supervised", None)]
    )
    def test_labels_that_were_used_bring_it_near_gold(
        self, track: str, limit: float | None, repo: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        found = remarked(repo, made(GOLD, every(15, shifted), track=track), capsys)
        assert [each["limit"] for each in found if each["row"] is None] == ([limit] if limit else [])

    def test_a_variant_by_the_same_authors(self, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        ours = tuple(json.loads((ROOT / "submissions" / ROW / "system.json").read_bytes())["authors"])
        assert remarked(repo, made(ROW, every(15, nothing), authors=("Somebody else", *ours)), capsys) == []
        for change in (same, every(100, nothing), one_language_empty):
            (found,) = remarked(repo, made(ROW, change, authors=(ours[0].upper(),)), capsys)
            assert (found["row"], found["related"], found["limit"]) == (ROW, True, LIMIT)


@settings(max_examples=10)
@given(
    left_out=st.sets(st.tuples(st.sampled_from(LANGS), st.integers(0, 119)), max_size=60),
    retype=st.booleans(),
    copy_of=st.sampled_from([GOLD, ROW]),
)
def test_no_near_copy_passes_unremarked(left_out: set[tuple[str, int]], retype: bool, copy_of: str, repo: Path) -> None:
    """Up to sixty of 1,320 sentences changed, wherever they stand, and types or not."""

    def change(lang: str, index: int, tags: Tags) -> Tags:
        kept = retyped(lang, index, tags) if retype else tags
        return shifted(kept) if (lang, index) in left_out else kept

    assert (None if copy_of == GOLD else ROW) in {remark.row for remark in by_module(repo, commit(repo, made(copy_of, change)))}


def by_module(repo: Path, head: str, name: str = "new-system", tracks: Any = None, authors: tuple[str, ...] = ()) -> tuple[Any, ...]:
    """The remarks on a folder of a commit, held against the other folders there."""
    with Repository(repo) as repository:
        root = {entry.name: entry for entry in repository.tree(repository.root(head))}
        folders = {entry.name: entry for entry in repository.tree(root[b"submissions"].object)}
        walk = Walk(repository, Refusals())
        walk.folder(name.encode(), folders.pop(name.encode()).object)
        return remarks(repository, walk.files, row_files(repository, folders, authors), tracks or {})


@pytest.mark.slow
def test_the_committed_rows_are_honest(data: Path, tmp_path: Path) -> None:
    """All of them held against all others, but the one that is gold and says so."""
    shutil.copytree(ROOT / "submissions", tmp_path / "submissions")
    git(tmp_path, "init", "-q", "-b", "main", ".")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "main")
    board = store.read(ROOT / "results")
    for name, entry in board.entries.items():
        tracks = {mean.suite: next(row.track for row in standings(board, mean.suite) if row.name == name) for mean in entry.means}
        found = {(remark.suite, remark.row) for remark in by_module(tmp_path, "main", name, tracks, entry.system.authors)}
        assert found == ({("sample", None)} if name == GOLD else set()), name
