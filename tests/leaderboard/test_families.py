"""The families: pairs and their findings, what is compared, what is kept, and how it is shown."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards import REPOSITORY, make_board, make_entry, make_system, submission
from boundarybench.cli.main import main
from boundarybench.comparison import REPLICATES
from boundarybench.errors import DataError
from boundarybench.languages import traits
from boundarybench.leaderboard import store
from boundarybench.leaderboard.collect import collect
from boundarybench.leaderboard.escape import escape
from boundarybench.leaderboard.families import compute, pairs
from boundarybench.leaderboard.families.envelope import envelope, means
from boundarybench.leaderboard.families.families_report import as_json
from boundarybench.leaderboard.families.groups import CONTRASTS, groups
from boundarybench.leaderboard.families.pair_results import COMPARED, PairResult
from boundarybench.leaderboard.markdown import render
from boundarybench.leaderboard.store import Board
from boundarybench.protocol import RANK_FIGURE
from boundarybench.scoring.figures import named
from boundarybench.submission import predictions
from boundarybench.submission.findings import Findings
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked
from boundarybench.uncertainty.over_languages import MIN_LANGUAGES

MASAKHANER2 = packaged()["masakhaner2"]
SAMPLE = packaged()["sample"]
SUITES = packaged()
TITLE = named(RANK_FIGURE).title
XTREME = packaged()["xtreme"]

FACETS: dict[str, Any] = {
    "source_languages": ["en"],
    "source_data": ["news"],
    "encoder": "microsoft/mdeberta-v3-base",
    "translation_model": None,
    "parallel_data": [],
    "aligner": None,
    "projection_on": None,
    "ensemble_size": 1,
    "open": True,
}
PROJECTION = {**FACETS, "translation_model": "facebook/nllb-200-3.3B", "aligner": "eflomal", "projection_on": "test"}
ZERO_SHOT = {"default": "zero-shot"}


def declare(root: Path, *declared: tuple[str, str]) -> None:
    text = "".join(f"[[pair]]\na = {json.dumps(a)}\nb = {json.dumps(b)}\n" for a, b in declared)
    (root / "pairs.toml").write_text(text)


def rewrite(folder: Path, change: Any, langs: tuple[str, ...] = ranked(SAMPLE), run: str = "") -> None:
    """Change the records of some languages."""
    for lang in langs:
        source = folder / "sample" / f"{lang}.jsonl"
        records = [json.loads(line) for line in source.read_text().splitlines()]
        path = folder / "runs" / run / "sample" / f"{lang}.jsonl" if run else source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(change(index, record)) + "\n" for index, record in enumerate(records)))


def silent(every: int) -> Any:
    """One sentence in `every` without entities, and without scores for them."""

    def change(index: int, record: dict[str, Any]) -> dict[str, Any]:
        return {"id": record["id"], "tags": ["O"] * len(record["tags"])} if index % every == 0 else record

    return change


def with_scores(index: int, record: dict[str, Any]) -> dict[str, Any]:
    """A score for every span: the later in the sentence, the lower."""
    tags = record["tags"]
    starts = [k for k, tag in enumerate(tags) if tag[0] == "B" or (tag[0] == "I" and (k == 0 or tags[k - 1][1:] != tag[1:]))]
    return {**record, "scores": [1 / (1 + index + k) for k in starts]}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each prediction file was parsed, by name."""
    counts: Counter[str] = Counter()
    parse = predictions.read

    def watch(data: bytes, name: str, *others: Any) -> Any:
        counts[name] += 1
        return parse(data, name, *others)

    monkeypatch.setattr(predictions, "read", watch)
    return counts


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A transfer system that errs and a projection system that is perfect but often silent, declared as a pair; a second projection."""
    folder = tmp_path / "submissions"
    folder.mkdir()
    submission(folder, "moved", family="model-transfer", facets=FACETS, tracks=ZERO_SHOT)
    rewrite(
        submission(folder, "projected", like="example-perfect", family="annotation-projection", facets=PROJECTION, tracks=ZERO_SHOT),
        silent(6),
    )
    submission(folder, "other", like="example-perfect", langs=["de", "zu"], family="annotation-projection", facets=PROJECTION)
    declare(folder, ("moved", "projected"))
    return folder


def problems(root: Path, board: Board) -> list[tuple[str, str]]:
    findings = Findings()
    pairs.check(pairs.read(root, findings), board.entries, root, findings)
    return [(finding.code, finding.message) for finding in findings.shown]


# --- What is declared -----------------------------------------------------------------------------------------------------


def test_the_committed_pairs_are_right() -> None:
    board = store.read(REPOSITORY / "results")
    assert problems(REPOSITORY / "submissions", board) == []


def with_families(**changes: Any) -> Board:
    b = make_system(family=changes.pop("family", "annotation-projection"), facets=changes)
    return make_board(make_entry("aa"), make_entry("bb", system=b), make_entry("cc"), make_entry("dd", system=b, suites=(XTREME,)))


@pytest.mark.parametrize(
    ("declared", "changes", "code", "message"),
    [
        (("aa", "bb"), {}, None, ""),
        (("aa", "bb"), {"family": "hybrid"}, None, ""),
        (("aa", "no-such"), {}, None, ""),  # it may come
        (("bb", "aa"), {}, "pair-families", "the families are annotation-projection and model-transfer"),
        (("aa", "cc"), {}, "pair-families", "the families are model-transfer and model-transfer"),
        (("aa", "aa"), {}, "pair-families", "the families are model-transfer and model-transfer"),
        (("aa", "bb"), {"family": "other"}, "pair-families", "the families are model-transfer and other"),
        (("aa", "bb"), {"encoder": "another"}, "pair-differs", "encoder: 'an-encoder' and 'another'"),
        (("aa", "bb"), {"encoder": None}, "pair-differs", "encoder: 'an-encoder' and None"),
        (("aa", "bb"), {"source_data": ("invented", "more")}, "pair-differs", "source_data: ['invented'] and ['invented', 'more']"),
        (("aa", "bb"), {"source_languages": ("fr",)}, "pair-differs", "source_languages: ['en'] and ['fr']"),
        (("aa", "bb"), {"ensemble_size": 5}, "pair-differs", "ensemble_size: 1 and 5"),
        (("aa", "bb"), {"translation_model": "x", "aligner": "y", "parallel_data": ("z",), "projection_on": "test"}, None, ""),
        (("aa", "dd"), {}, "pair-nothing-in-common", "no test set is scored for both"),
    ],
    ids=str,
)
def test_what_speaks_against_a_pair(tmp_path: Path, declared: tuple[str, str], changes: Any, code: str | None, message: str) -> None:
    declare(tmp_path, declared)
    found = problems(tmp_path, with_families(**changes))
    assert [finding[0] for finding in found] == ([code] if code else [])
    assert all(message in finding[1] for finding in found)


def test_the_order_of_source_data_does_not_matter(tmp_path: Path) -> None:
    declare(tmp_path, ("aa", "bb"))
    a, b = (make_system(family=f, facets={"source_data": data}) for f, data in (("model-transfer", ("x", "y")), ("hybrid", ("y", "x"))))
    assert problems(tmp_path, make_board(make_entry("aa", system=a), make_entry("bb", system=b))) == []


def test_a_pair_twice_is_found_whichever_way_round(tmp_path: Path) -> None:
    declare(tmp_path, ("aa", "bb"), ("aa", "bb"), ("bb", "aa"))
    assert [code for code, _ in problems(tmp_path, with_families())] == ["pair-twice", "pair-twice"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b"[[pair]\n",
        b"[[pair]]\na = 1\nb = 'xx'",
        b"[[pair]]\na = 'xx'",
        b"[[pair]]\na = 'xx'\nb = ''",
        b"[[pair]]\na = 'xx'\nb = 'yy'\nc = 1",
        b"[[pair]]\na = 'xx'\nb = 'yy'\nbudget = 'the same hours'",
        b"pair = 'x'",
        b"pears = []",
        b"[[pair]]\na = 'xx'\nb = '../yy'",
        b"[[pair]]\na = 'xx'\nb = '*'",
        b"[[pair]]\na = 'xx'\nb = '--all'",
        b'[[pair]]\na = "xx"\nb = "yy\\n"',
        "[[pair]]\na = 'xx'\nb = 'over\u202eride'".encode(),
        b"[[pair]]\na = 'xx'\nb = '" + b"z" * 65 + b"'",
        b"x = " + b"[" * 5000,
    ],
    ids=lambda content: repr(content[:60]),
)
def test_a_file_that_holds_no_pairs_is_one_finding(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pairs.toml").write_bytes(content)
    findings = Findings()
    assert pairs.read(tmp_path, findings) == ()
    assert [finding.code for finding in findings.shown] == ["pairs-file"]
    assert str(findings).isprintable()


def test_no_file_and_an_empty_file_declare_nothing(tmp_path: Path) -> None:
    findings = Findings()
    assert pairs.read(tmp_path, findings) == ()
    (tmp_path / "pairs.toml").write_text("# nothing yet\n")
    assert pairs.read(tmp_path, findings) == ()
    assert not findings.errors


# --- Groups ---------------------------------------------------------------------------------------------------------------


@given(
    suite=st.sampled_from(list(SUITES.values())),
    encoder=st.sampled_from([None, "xlm-r", "mbert"]),
    translation=st.sampled_from([None, "nllb-200", "m2m100"]),
    choice=st.data(),
)
def test_every_breakdown_has_each_language_once(suite: Any, encoder: Any, translation: Any, choice: st.DataObject) -> None:
    langs = tuple(choice.draw(st.lists(st.sampled_from(ranked(suite)), min_size=1, unique=True)))
    found = groups(suite, langs, encoder, translation)
    assert found[0][0] == "mean"
    assert found[0][2] == langs
    for dimension in {group[0] for group in found}:
        inside = [lang for name, _, members in found if name == dimension for lang in members]
        assert sorted(inside) == sorted(langs)
        assert dimension == "mean" or sum(group[0] == dimension for group in found) > 1
    assert encoder or "encoder" not in {group[0] for group in found}


def test_groups_by_hand() -> None:
    found = groups(MASAKHANER2, ("bam", "hau", "luo", "yor", "zul"), "xlm-r", "m2m100")
    assert [group[1:] for group in found] == [
        ("masakhaner2", ("bam", "hau", "luo", "yor", "zul")),
        ("Afro-Asiatic", ("hau",)),
        ("Eastern Sudanic", ("luo",)),
        ("Mande", ("bam",)),
        ("Niger-Congo", ("yor", "zul")),
        ("class 1", ("bam",)),
        ("class 2", ("hau", "yor", "zul")),
        ("not listed", ("luo",)),
        ("XLM-R, mDeBERTa: covered", ("hau",)),
        ("XLM-R, mDeBERTa: not covered", ("bam", "luo", "yor", "zul")),
        ("M2M100: covered", ("hau", "yor", "zul")),
        ("M2M100: not covered", ("bam", "luo")),
    ]


def test_the_contrasts_of_domain_are_the_two_of_the_protocol() -> None:
    assert CONTRASTS == (("sw", "swa"), ("yo", "yor"))


# --- What is read ---------------------------------------------------------------------------------------------------------


def test_each_file_is_parsed_once(root: Path, parsed: Counter[str]) -> None:
    for name in ("moved", "projected"):
        rewrite(root / name, with_scores)
    for run in ("1", "2"):
        rewrite(root / "moved", silent(int(run) + 2), run=run)
    board = collect(root, None)
    assert parsed == Counter(map(str, root.rglob("*.jsonl")))
    # Scores, runs and tests were all needed.
    (pair,) = board.pairs
    assert all(each.differences.keys() == set(COMPARED) and each.runs == (2, 1) for each in pair.sets if each.lang in ranked(SAMPLE))
    assert len(board.tests["sample"].systems) == 2

    parsed.clear()
    assert collect(root, board) == board
    assert not parsed

    rewrite(root / "projected", silent(4))
    changed = collect(root, board)
    assert set(parsed.values()) == {1}  # the system that did not change is read for the test and for the pair
    assert {Path(name).relative_to(root).parts[0] for name in parsed} == {"moved", "projected"}
    assert store.to_files(changed) == store.to_files(collect(root, None))


# --- What is compared -----------------------------------------------------------------------------------------------------


def test_a_pair_is_what_compare_says(root: Path, tmp_path: Path) -> None:
    board = collect(root, None)
    (pair,) = board.pairs
    assert main(["compare", str(root / "moved"), str(root / "projected"), "--format", "json", "-o", str(tmp_path / "x.json")]) == 0
    (compared,) = json.loads((tmp_path / "x.json").read_text())["systems"]
    assert [each.lang for each in pair.sets] == [row["lang"] for row in compared["results"]]
    for each, row in zip(pair.sets, compared["results"], strict=True):
        expected = row["differences"][RANK_FIGURE]
        assert each.differences.keys() == {RANK_FIGURE}
        found = msgspec.to_builtins(each.differences[RANK_FIGURE])
        assert found == {key: tuple(value) if key == "interval" else value for key, value in expected.items() if key in found}
        assert (each.differing, list(each.runs)) == (row["differing"], list(row["runs"].values()))
    group = pair.groups[0]
    assert group.dimension == "mean"
    mean, expected = group.differences[RANK_FIGURE], compared["means"]["sample"]["differences"][RANK_FIGURE]
    assert (mean.difference, list(mean.interval), mean.p) == (expected["difference"], expected["interval"], expected["p"])
    general = as_json(board)["pairs"][0]["suites"][0]["mean"]["over_languages"][RANK_FIGURE]
    expected = compared["means"]["sample"]["over_languages"][RANK_FIGURE]
    assert expected == {**general, "interval": list(general["interval"]), "p": expected["p"], "p_holm": expected["p"]}
    assert pair.signatures == {"sample": compared["means"]["sample"]["signature"]}
    tally = as_json(board)["pairs"][0]["suites"][0]["mean"]["tally"][RANK_FIGURE]
    assert sum(tally.values()) == len(ranked(SAMPLE))


def test_a_group_is_the_mean_of_its_languages(root: Path) -> None:
    (pair,) = collect(root, None).pairs
    of_lang = {each.lang: each.differences[RANK_FIGURE] for each in pair.sets}
    assert {group.dimension for group in pair.groups} == {"mean", "family", "script", "resources", "encoder"}  # NLLB covers all
    for group in pair.groups:
        inside = [of_lang[lang] for lang in group.languages]
        found = group.differences[RANK_FIGURE]
        assert found.difference == pytest.approx(sum(each.difference for each in inside) / len(inside))
        assert found.p <= found.p_holm <= 1
        if len(inside) == 1:
            assert found.interval == inside[0].interval
        # Two claims, where there are languages enough for the second; the languages differ, so it is the wider one.
        assert (RANK_FIGURE in group.over_languages) == (len(inside) >= MIN_LANGUAGES)
        if general := group.over_languages.get(RANK_FIGURE):
            assert general.languages == len(inside)
            assert general.interval[0] < found.interval[0] < found.interval[1] < general.interval[1]


def test_languages_outside_the_mean_are_compared_and_not_averaged(root: Path) -> None:
    (pair,) = collect(root, None).pairs
    assert "en" in [each.lang for each in pair.sets]
    assert not any("en" in group.languages for group in pair.groups)


def test_the_stronger_exposure_counts(root: Path) -> None:
    path = root / "projected" / "system.json"
    fields = json.loads(path.read_text())
    path.write_text(json.dumps({**fields, "tracks": {"default": "zero-shot", "sample/de": "oracle", "sample/en": "supervised"}}))
    board = collect(root, None)
    assert {each.lang: each.track for each in board.pairs[0].sets if each.track != "zero-shot"} == {"de": "oracle", "en": "supervised"}
    (suite,) = as_json(board)["pairs"][0]["suites"]
    assert (suite["track"], suite["not_zero_shot"]) == ("oracle", 1)
    assert "| oracle (1 of 10 languages)" in render(board, ())


def test_the_order_of_spans_needs_scores_on_both_sides(root: Path) -> None:
    rewrite(root / "moved", with_scores)
    assert all(each.differences.keys() == {RANK_FIGURE} for each in collect(root, None).pairs[0].sets)
    rewrite(root / "projected", with_scores, ("de", "sw", "yo"))
    board = collect(root, None)
    (pair,) = board.pairs
    ordered = {each.lang: each.differences for each in pair.sets if "average_precision" in each.differences}
    assert set(ordered) == {"de", "sw", "yo"}
    main(["score", str(root / "projected"), "--format", "json", "-o", str(root.parent / "x.json")])
    scored = {row["lang"]: row for row in json.loads((root.parent / "x.json").read_text())["results"]}
    for lang, differences in ordered.items():
        assert differences.keys() == set(COMPARED)
        assert differences["average_precision"].b == pytest.approx(scored[lang]["average_precision"], abs=1e-12)
        assert differences["precision_at_recall.20"].b == 1.0  # the silent system is right wherever it speaks
        assert all(each.p_holm >= each.p for each in differences.values())
    mean = pair.groups[0].differences["average_precision"]
    assert mean.a == pytest.approx(sum(each["average_precision"].a for each in ordered.values()) / 3)
    report = as_json(board)
    (suite,) = report["pairs"][0]["suites"]
    assert suite["mean"]["over_languages"]["average_precision"]["languages"] == 3
    assert "on these 3 languages" in suite["mean"]["claims"]["average_precision"]
    assert "on these 10 languages" in suite["mean"]["claims"][RANK_FIGURE]
    captions = [table["caption"] for table in report["tables"]]
    assert "Declared pairs: average precision and precision at recall" in captions
    assert "moved (A), projected (B), sample, by language: precision at recall" in captions


def test_runs_are_compared_by_their_mean(root: Path) -> None:
    for run in ("1", "2"):
        rewrite(root / "moved", silent(3 + int(run)), run=run)
    (pair,) = collect(root, None).pairs
    assert {each.lang: each.runs for each in pair.sets if each.runs != (1, 1)} == dict.fromkeys(ranked(SAMPLE), (2, 1))


# --- What is kept ---------------------------------------------------------------------------------------------------------


def compared_from_now(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collects the test sets that are compared from now on."""
    found: list[str] = []
    real = compute._sample

    def watch(gold: Any, *outputs: Any) -> Any:
        found.append(gold.lang)
        return real(gold, *outputs)

    monkeypatch.setattr(compute, "_sample", watch)
    return found


def test_only_what_changed_is_compared_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = collect(root, None)
    compared = compared_from_now(monkeypatch)
    assert store.to_files(collect(root, board)) == store.to_files(board)
    rewrite(root / "other", silent(2), ("de",))
    assert collect(root, board).pairs == board.pairs
    assert compared == []
    rewrite(root / "moved", silent(4), ("sw",))
    changed = collect(root, board)
    assert set(compared) == {language.code for language in SAMPLE.languages}
    assert store.to_files(changed) == store.to_files(collect(root, None))
    (root / "pairs.toml").unlink()
    assert collect(root, board).pairs == ()


def test_other_groups_are_computed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what is known of a language changes, the stored means are of other languages."""
    board = collect(root, None)
    result = board.pairs[0]
    spoilt = msgspec.structs.replace(result, groups=result.groups[:-1])
    compared = compared_from_now(monkeypatch)
    assert collect(root, msgspec.structs.replace(board, pairs=(spoilt,))) == board
    assert compared
    fewer = msgspec.structs.replace(result, replicates=REPLICATES - 1)
    assert collect(root, msgspec.structs.replace(board, pairs=(fewer,))) == board


def test_when_it_was_declared_is_kept_where_history_is_not_at_hand(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = collect(root, None)
    assert [pair.declared for pair in board.pairs] == ["not known"]
    stored = msgspec.structs.replace(board, pairs=(msgspec.structs.replace(board.pairs[0], declared="beforehand"),))
    assert collect(root, stored).pairs == stored.pairs
    rewrite(root / "moved", silent(4), ("sw",))
    changed = collect(root, stored)
    assert [pair.declared for pair in changed.pairs] == ["beforehand"]
    monkeypatch.setattr("boundarybench.leaderboard.collect.when_declared", lambda *_: {("moved", "projected"): "afterwards"})
    assert [pair.declared for pair in collect(root, changed).pairs] == ["afterwards"]


def test_a_pair_says_what_differs_beside_its_figures(root: Path) -> None:
    text = {"source": "pairs", "kind": "parallel", "sentences": {"sw": 100}}
    for name, texts in (("moved", []), ("projected", [text])):
        path = root / name / "system.json"
        budget = {"labelled": [], "text": texts, "models": [], "human": []}
        path.write_text(json.dumps({**json.loads(path.read_text()), "budget": budget}))
    board = collect(root, None)
    report = as_json(board)
    assert report["pairs"][0]["declared"] == "not known"
    assert report["pairs"][0]["budget"] == {
        "verdict": "as used",
        "not_stated": (),
        "differences": ({"kind": "parallel text", "of": "pairs", "a": None, "b": {"sw": 100}},),
    }
    table = next(table for table in report["tables"] if table["caption"] == f"Declared pairs: {TITLE}")
    assert dict(zip(table["headers"], table["rows"][0], strict=True))["budget"] == "as used (A / B): parallel text none / sw 100"
    assert "as used (A / B): parallel text none / sw 100" in render(board, ())
    assert as_json(store.from_files(store.to_files(board), "x")) == report


def test_pairs_of_other_figures_are_computed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an older boundarybench stored has other fields; it stops nobody, and is made anew."""
    board = collect(root, None)
    files = store.to_files(board)
    older = {
        "a": "moved",
        "b": "projected",
        "budget": "the same hours",
        "contents": ["", ""],
        "replicates": 1,
        "signatures": {},
        "groups": [],
    }
    sets = [{"suite": "sample", "lang": "de", "bp50": None, "matched": None, "recall": 0.5}]
    (path,) = (path for path in files if path.startswith("pairs/"))
    for stored in ({**older, "sets": sets}, {**older, "figures": ["bp50"], "sets": []}, {**older, "figures": list(COMPARED), "sets": []}):
        files[path] = json.dumps(stored).encode()
        files["board.json"] = json.dumps({"protocol": board.protocol, "files": store._digests(files)}).encode()
        found = store.from_files(files, "x")
        assert found.pairs == ()
        assert found.entries == board.entries
        assert found.tests == board.tests
        compared = compared_from_now(monkeypatch)
        assert collect(root, found) == board
        assert compared
        monkeypatch.undo()


def test_a_pair_that_is_not_right_is_left_out_and_named(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line in pairs.toml must not keep a whole board from being written."""
    declare(root, ("moved", "projected"), ("moved", "no-such"), ("projected", "moved"))
    board = collect(root, None)
    assert [(pair.a, pair.b) for pair in board.pairs] == [("moved", "projected")]
    assert "pair-twice" in caplog.text
    assert "no-such" not in caplog.text
    assert store.from_files(store.to_files(board), "x") == board


def test_a_board_without_pairs_has_no_place_for_them(root: Path) -> None:
    (root / "pairs.toml").unlink()
    data = store.to_files(collect(root, None))
    assert not any(path.startswith("pairs/") for path in data)
    assert store.from_files(data, "x").pairs == ()


def test_a_stored_pair_without_entries_is_refused(root: Path) -> None:
    board = collect(root, None)
    data = store.to_files(msgspec.structs.replace(board, entries={name: board.entries[name] for name in board.entries if name != "moved"}))
    with pytest.raises(DataError, match="which have no entries"):
        store.from_files(data, "x")


# --- The envelope ---------------------------------------------------------------------------------------------------------


def family(name: str) -> Any:
    return make_system(family=name)


def test_the_envelope_by_hand() -> None:
    board = make_board(
        make_entry("t1", 0.5),
        make_entry("t2", 0.4, without=["yor"]),
        make_entry("p1", 0.7, without=["swa"], system=family("annotation-projection")),
        make_entry("p2", 0.7, without=["bam", "swa"], system=family("annotation-projection")),
        make_entry("gold", 1.0, system=family("annotation-projection"), tracks=dict.fromkeys(ranked(MASAKHANER2), "oracle")),
        make_entry("perfect", 1.0, system=family("other")),
    )
    lines = {line.lang: line.best for line in envelope(board)}
    assert set(lines) == set(ranked(MASAKHANER2))
    assert {family: (best.system, best.value, best.track) for family, best in lines["bam"].items()} == {
        "model-transfer": ("t1", 0.5, "zero-shot"),
        "annotation-projection": ("p1", 0.7, "zero-shot"),
    }
    assert lines["swa"]["annotation-projection"].system == "gold"  # nothing zero-shot: the oracle stands there, marked
    page = render(board, ())
    assert "| gold" in page.split("Envelope, masakhaner2")[1]
    assert "100.0 &#42;" in page
    assert "No pair is declared yet." in page
    everything = means(envelope(board))[0]
    assert everything.leads == {"model-transfer": 0, "annotation-projection": 18}
    assert everything.values["annotation-projection"] == pytest.approx((17 * 0.7 + 1) / 18)


def test_one_family_alone_is_no_envelope() -> None:
    board = make_board(make_entry("t1", 0.5), make_entry("t2", 0.4))
    assert envelope(board) == []
    assert "## The families" not in render(board, ())


def test_rows_that_are_not_whole_do_not_count() -> None:
    projected = family("annotation-projection")
    board = make_board(
        make_entry("t", 0.5), make_entry("p", 0.9, missing=1, system=projected), make_entry("q", 0.8, (SAMPLE,), system=projected)
    )
    assert envelope(board) == []


def test_means_are_over_languages_that_all_families_have() -> None:
    board = make_board(make_entry("t", 0.5), make_entry("h", 0.25, without=["hau", "kin"], system=family("hybrid")))
    (mean, *rest) = means(envelope(board))
    assert set(mean.languages) == set(ranked(MASAKHANER2)) - {"hau", "kin"}
    assert mean.values == {"model-transfer": 0.5, "hybrid": 0.25}
    assert {group.dimension for group in rest} == {"family", "resources", "encoder"}


def test_two_hundred_systems_do_not_slow_the_page_down() -> None:
    """The envelope looks at each row once."""
    names = ("model-transfer", "annotation-projection", "hybrid")
    entries = [make_entry(f"s{n:03}", n / 200, (XTREME, MASAKHANER2), system=family(names[n % 3])) for n in range(200)]
    lines = envelope(make_board(*entries))
    assert len(lines) == len(ranked(XTREME)) + len(ranked(MASAKHANER2))
    assert {line.best["model-transfer"].system for line in lines} == {"s198"}


# --- What is shown --------------------------------------------------------------------------------------------------------


def domains(result: PairResult) -> PairResult:
    """The result of a sample pair as if it were of Swahili and Yoruba in both suites."""
    of = {each.lang: each for each in result.sets}
    sets = [
        msgspec.structs.replace(of[lang], suite=suite, lang=code)
        for suite, codes in (("xtreme", ("sw", "yo")), ("masakhaner2", ("swa", "yor")))
        for lang, code in zip(("sw", "yo"), codes, strict=True)
    ]
    mean = result.groups[0]
    return msgspec.structs.replace(
        result,
        sets=tuple(sets),
        signatures=dict.fromkeys(("xtreme", "masakhaner2"), result.signatures["sample"]),
        groups=tuple(
            msgspec.structs.replace(mean, suite=suite, languages=codes)
            for suite, codes in (("xtreme", ("sw", "yo")), ("masakhaner2", ("swa", "yor")))
        ),
    )


def test_the_two_domains_stand_side_by_side(root: Path) -> None:
    board = collect(root, None)
    board = msgspec.structs.replace(board, pairs=(domains(board.pairs[0]),))
    report = as_json(board)
    assert as_json(store.from_files(store.to_files(board), "x")) == report  # to the order of the tables
    found = report["pairs"][0]["contrasts"]
    assert [each["languages"] for each in found] == [["sw", "swa"], ["yo", "yor"]]
    assert found[0]["xtreme"] == found[0]["masakhaner2"]
    table = next(table for table in report["tables"] if "two domains" in table["caption"])
    assert [row[0] for row in table["rows"]] == ["sw / swa", "yo / yor"]
    suite = report["pairs"][0]["suites"][0]
    assert len(suite["missing_languages"]) == 36


def test_the_verb(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["families"]) == 0
    text = capsys.readouterr().out
    assert f"Declared pairs: {TITLE}" in text
    assert "B is better on these 10 languages" in text
    assert "as used" in text
    assert main(["families", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"intro", "rank_figure", "replicates", "pairs", "envelope", "envelope_means", "sources", "tables", "waiting"}
    assert report["pairs"][0]["families"] == ["model-transfer", "annotation-projection"]
    for table in report["tables"]:
        assert {"caption", "headers", "rows"} <= set(table)
        assert all(len(row) == len(table["headers"]) for row in table["rows"])
        assert all(isinstance(cell, str) for row in table["rows"] for cell in row)
    assert main(["families", "--format", "md", "-o", "out.md"]) == 0
    assert f"**Declared pairs: {escape(TITLE)}**" in (tmp_path / "out.md").read_text()
    assert not (tmp_path / "results").exists()


def test_the_verb_names_the_pairs_that_wait(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    declare(root, ("moved", "to-come"), ("not-yet", "to-come"))
    assert main(["families", "--submissions", str(root), "--results", str(root / "none")]) == 0
    out = capsys.readouterr().out
    assert "No declared pair can be compared" in out
    assert "moved and to-come wait for to-come." in out
    assert "not-yet and to-come wait for not-yet and to-come." in out


def test_the_verb_takes_what_the_board_has(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["leaderboard"]) == 0
    capsys.readouterr()
    compared = compared_from_now(monkeypatch)
    assert main(["families", "--format", "json"]) == 0
    assert compared == []
    assert json.loads(capsys.readouterr().out)["pairs"]
    assert "## The families" in (tmp_path / "leaderboard.md").read_text()
    assert main(["leaderboard", "--check"]) == 0


def test_a_wrong_pair_is_a_finding_of_the_verb(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    declare(root, ("moved", "projected"), ("projected", "moved\u001b[2J"))
    assert main(["families", "--submissions", str(root)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "pairs-file" in err
    assert "\x1b" not in err
    declare(root, ("projected", "moved"))
    assert main(["families", "--submissions", str(root)]) == 1
    assert "pair-families" in capsys.readouterr().err


def test_what_a_stranger_writes_stays_text(root: Path) -> None:
    name = "<img src=x> | [a](http://b) @everyone `x` $y$"
    for system, models in (("moved", [{"name": name, "trained_on": None}]), ("projected", [])):
        path = root / system / "system.json"
        budget = {"labelled": [], "text": [], "models": models, "human": []}
        path.write_text(json.dumps({**json.loads(path.read_text()), "budget": budget}))
    page = render(collect(root, None), ())
    part = page.split("## The families")[1].split("## ")[0]
    assert "<img" not in part
    assert "&#60;img src=x&#62; &#124; &#91;a&#93;(http&#58;" in part
    assert "@everyone" not in part


def test_every_table_of_the_page_is_a_table(root: Path) -> None:
    page = render(collect(root, None), ())
    part = page.split("## The families")[1].split("## Published")[0]
    blocks = [block.split("\n") for block in part.split("\n\n") if block.startswith("|")]
    assert len(blocks) >= 4
    for block in blocks:
        assert len({line.replace("\\|", "").count("|") for line in block}) == 1


def test_languages_of_the_sample_suite_have_traits() -> None:
    assert {traits(language.code).family for language in SAMPLE.languages} == {
        "Afro-Asiatic",
        "Indo-European",
        "Niger-Congo",
        "Sino-Tibetan",
        "Turkic",
    }
