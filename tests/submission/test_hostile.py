"""Whatever a stranger submits: exactly the findings that belong to it, in clean text, from the readers and the command line."""

import io
import json
import os
import signal
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from corpus import CLOSED, FOLDERS, GOOD, TAGS, TOKENS, codes, dump, expand, files, found, good_folder, lines, mutated, record, system
from hypothesis import given, settings
from hypothesis import strategies as st

from boundarybench.cli.main import main
from boundarybench.gold.model import Gold
from boundarybench.submission import system_json
from boundarybench.submission.fast_reader import read_fast
from boundarybench.submission.finding_codes import CODES
from boundarybench.submission.findings import Findings
from boundarybench.submission.folder import scan
from boundarybench.submission.predictions import read
from boundarybench.suites.manifests import packaged

FILES = list(files())


@pytest.fixture
def watchdog() -> Iterator[None]:
    """A pipe that is waited for, or work that grows with the square of the input, fails instead of hanging."""

    def bark(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, bark)
    signal.alarm(30)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def is_clean(findings: Findings) -> bool:
    """Every line of text is one finding and holds nothing that a terminal would obey; the JSON can be encoded."""
    json.dumps(findings.as_json(), ensure_ascii=False).encode()
    text = str(findings).split("\n") if findings.counts else []
    return len(text) == len(findings.shown) + len(list(findings.more())) and all(map(str.isprintable, text))


@pytest.mark.usefixtures("watchdog")
@pytest.mark.parametrize(("gold", "made", "expected"), [pytest.param(*case, id=name) for name, *case in FILES])
def test_every_fault_of_a_file_is_found(gold: Gold, made: Any, expected: str) -> None:
    content = made() if callable(made) else made
    findings = Findings()
    prediction = read(content, "swa.jsonl", gold, findings)
    assert found(findings) == expand(expected)
    assert (prediction is None) == (findings.errors > 0)
    assert is_clean(findings)
    assert read_fast(content, gold) is None


@pytest.mark.usefixtures("watchdog")
@pytest.mark.parametrize(("builder", "expected"), [pytest.param(*case, id=name) for name, case in FOLDERS.items()])
def test_every_fault_of_a_folder_is_found(builder: Any, expected: str, tmp_path: Path) -> None:
    root = good_folder(tmp_path / "good-system")
    builder(root)
    findings = Findings()
    system_json.check(scan(root, findings, packaged()), findings)
    assert found(findings) == expand(expected)
    assert is_clean(findings)


def test_the_corpus_has_every_code_more_than_once() -> None:
    """But for those of pairs.toml, of the selection of types, of own suites, other gold and other formats, which are tested elsewhere."""
    times = Counter(code for *_, expected in [*FILES, *FOLDERS.values()] for code in codes(expected))
    elsewhere = {code for code in CODES if code.startswith(("pair", "type-"))}
    elsewhere |= {"no-scored-type", "other-gold", "own-suite", "truncated", "bad-span", "bad-gzip"}
    assert set(times) == CODES.keys() - elsewhere
    assert min(times.values()) > 1


# --- The command line -----------------------------------------------------------------------------------------------------


def command(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a call, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("name", [b"\xff.jsonl", b"\x1b[2J", b"a\nb", "\u202egnp.exe".encode()])
def test_no_file_name_disturbs_the_command_line(name: bytes, thai: Path, tmp_path: Path) -> None:
    root = thai_folder(tmp_path)
    os.close(os.open(os.fsencode(root) + b"/" + name, os.O_CREAT))
    code, out, _ = command("validate", root, "--format", "json", "-o", tmp_path / "out.json")
    (finding,) = json.loads((tmp_path / "out.json").read_text("utf-8"))["findings"]
    assert (code, out, finding["code"]) == (1, "", "unexpected-file")
    assert finding["file"].isprintable()
    code, out, _ = command("validate", root, "-o", tmp_path / "out.txt")
    assert (code, out, (tmp_path / "out.txt").read_text("utf-8").replace("\n", "", 2).isprintable()) == (1, "", True)
    code, out, err = command("score", root)
    assert (code, out, err.count("unexpected-file")) == (1, "", 1)
    assert err.replace("\n", "").isprintable()


def test_one_run_reports_the_faults_of_all_files(thai: Path, tmp_path: Path) -> None:
    root = thai_folder(tmp_path)
    (root / "xtreme" / "th.jsonl").write_bytes(THAI.replace(b"B-PER", b"B-GPE"))
    (root / "xtreme" / "xx.jsonl").write_bytes(THAI)
    (root / "runs" / "1" / "xtreme").mkdir(parents=True)
    (root / "runs" / "1" / "xtreme" / "th.jsonl").write_bytes(THAI[:-5])
    (root / "notes.txt").touch()
    (root / "link").symlink_to("/")
    (root / "system.json").write_bytes(b"{}")
    code, out, _ = command("validate", root, "--format", "json")
    report = json.loads(out)
    assert (code, report["valid"], report["files"]) == (1, False, 2)
    assert {finding["code"] for finding in report["findings"]} == {
        *("unknown-tag", "unknown-language", "broken-json", "missing-id", "unexpected-file", "not-a-regular-file", "system-schema"),
    }


@pytest.mark.usefixtures("watchdog")
def test_a_pipe_is_no_prediction_file(thai: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for verb in ("validate", "score"):
        code, out, err = command(verb, tmp_path / "pipe", "--suite", "xtreme", "--lang", "th")
        assert (code, out) == (2, "")
        assert "not a regular file" in err


def test_the_size_of_a_single_file_is_limited(thai: Path, tmp_path: Path) -> None:
    file = tmp_path / "large.jsonl"
    with file.open("wb") as stream:
        stream.truncate((64 << 20) + 1)
    code, out, _ = command("validate", file, "--suite", "xtreme", "--lang", "th", "--format", "json")
    assert (code, [finding["code"] for finding in json.loads(out)["findings"]]) == (1, ["file-too-large"])


# Thai has no pinned gold, so that a mirror may hold invented gold for it, with a closed set of types.
THAI = b"".join(line.replace(b"swa-", b"th-").replace(b"DATE", b"LOC") + b"\n" for line in GOOD)


@pytest.fixture
def thai(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror that holds the gold of the corpus as Thai."""
    columns = ["".join(f"{token}\t{tag}\n" for token, tag in zip(*s, strict=True)) for s in zip(TOKENS, TAGS, strict=True)]
    (tmp_path / "mirror" / "panx").mkdir(parents=True)
    (tmp_path / "mirror" / "panx" / "test-th.tsv").write_text("\n".join(columns).replace("DATE", "LOC"), "utf-8")
    monkeypatch.setenv("BOUNDARYBENCH_DATA", str(tmp_path / "mirror"))
    return tmp_path / "mirror" / "panx" / "test-th.tsv"


def thai_folder(tmp_path: Path) -> Path:
    root = tmp_path / "good-system"
    (root / "xtreme").mkdir(parents=True)
    (root / "xtreme" / "th.jsonl").write_bytes(THAI)
    system({"gold": {}, "tracks": {"default": "zero-shot"}})(root)
    return root


def strictly_right(data: bytes, types: set[str] | None, lang: str = "th") -> bool:
    """Whether a file is right, by rules that share nothing with the readers but the parser of `json`."""
    content = data.removesuffix(b"\n").split(b"\n")
    if max(map(len, content)) > 1 << 20:
        return False
    try:
        rows = [_strict_object(line) for line in content]
    except (ValueError, RecursionError):
        return False
    wanted = {f"{lang}-{index:05d}": index for index in range(len(TAGS))}
    ids = [row.get("id") for row in rows]
    return sorted(map(str, ids)) == sorted(wanted) and all(_strict_row(row, wanted[row["id"]], types) for row in rows)


def _strict_object(line: bytes) -> dict[str, Any]:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in items}) < len(items):
            raise ValueError("a key twice")
        return dict(items)

    def refuse(text: str) -> None:
        raise ValueError(text)

    value = json.loads(line.decode(), object_pairs_hook=pairs, parse_constant=refuse)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()  # fails on infinite numbers and half pairs
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _strict_row(row: dict[str, Any], index: int, types: set[str] | None) -> bool:
    tags, tokens, scores = row.get("tags"), row.get("tokens", TOKENS[index]), row.get("scores")
    if not {"id", "tags"} <= row.keys() <= {"id", "tags", "tokens", "scores"} or not isinstance(tags, list):
        return False
    if len(tags) != len(TAGS[index]) or not all(isinstance(tag, str) and _strict_tag(tag, types) for tag in tags):
        return False
    if not isinstance(tokens, list | tuple) or not all(isinstance(token, str) for token in tokens):
        return False
    if [unicodedata.normalize("NFC", token) for token in tokens] != list(TOKENS[index]):
        return False
    if "scores" not in row:
        return True
    spans = sum(tag != "O" and (tag[0] == "B" or before[1:] != tag[1:]) for before, tag in zip(["O", *tags], tags, strict=False))
    return isinstance(scores, list) and len(scores) == spans and all(type(s) in (int, float) and abs(s) < 10**308 for s in scores)


def _strict_tag(tag: str, types: set[str] | None) -> bool:
    if tag == "O":
        return True
    name = tag[2:]
    open_name = 0 < len(name) <= 64 and not any(c.isspace() or ord(c) < 32 or ord(c) == 127 for c in name)
    return tag[:2] in ("B-", "I-") and (open_name if types is None else name in types)


_ORIGINALS = st.sampled_from(
    [
        THAI,
        THAI.replace(b"O", b"I-ORG"),
        lines(*(dump({**record(i, tokens=TOKENS[i]), "id": f"th-{i:05d}"}).replace(b"DATE", b"LOC") for i in (2, 3, 1, 0))),
        THAI.replace(b"]}", b'], "scores": []}', 1).replace(b'"scores": []', b'"scores": [1, 0.5]'),
    ]
)


@pytest.mark.parametrize("types", [{"PER", "ORG", "LOC"}, None], ids=["closed", "open"])
@settings(max_examples=100)
@given(content=mutated(_ORIGINALS))
def test_the_command_line_accepts_what_is_right_and_nothing_else(types: set[str] | None, content: bytes, thai: Path) -> None:
    file = thai.parent / "th.jsonl"
    file.write_bytes(content)
    gold = ["--suite", "xtreme", "--lang", "th"] if types else ["--gold", thai, "--lang", "th", "--types", "all"]
    right = strictly_right(content, types)
    code, out, err = command("validate", file, *gold, "--format", "json")
    report = json.loads(out)
    assert (code, report["valid"]) == (0 if right else 1, right)
    assert right or report["findings"]
    assert all(finding["code"] in CODES and finding["message"].isprintable() for finding in report["findings"])
    code, out, err = command("score", file, *gold, "--format", "json")
    assert code == (0 if right else 1)
    assert json.loads(out)["results"] if right else (out, "error: " in err) == ("", True)


def test_the_strict_check_takes_the_right_files_and_sees_faults() -> None:
    """What the test above leans on."""
    assert strictly_right(lines(*GOOD), {"PER", "ORG", "LOC", "DATE"}, "swa")
    assert not any(
        strictly_right(data, {"PER", "ORG", "LOC", "DATE"} if gold is CLOSED else None, "swa")
        for _, gold, data, expected in FILES
        if not callable(data) and expected != "token-normalisation@2"
    )
