"""Whatever is refused is refused soon. What is counted is work (lines, bytes, values against the schema, findings), never time."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from boundarybench.cli.main import main
from boundarybench.leaderboard.collect import collect
from boundarybench.leaderboard.contents import contents
from boundarybench.submission import careful_reader, system_json
from boundarybench.submission import findings as findings_module
from boundarybench.submission.findings import COUNTED, Findings, FindingsError
from boundarybench.submission.folder import scan
from boundarybench.suites.manifests import packaged

EXAMPLE = Path(__file__).resolve().parents[2] / "submissions" / "example-typical-errors"
SAID: dict[str, Any] = {**json.loads((EXAMPLE / "system.json").read_text("utf-8")), "name": "a-system"}
GOOD = (EXAMPLE / "sample" / "de.jsonl").read_bytes().split(b"\n")[:-1]
MIB = 1 << 20
#: A limit that is reached sooner than the real one, to spare the tests what it spares the users.
ENOUGH = 2 * MIB


@dataclass
class Work:
    """What was done: lines looked at one by one, their bytes, values held against the schema."""

    lines: int = 0
    bytes: int = 0
    values: int = 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    done = Work()
    monkeypatch.setattr(findings_module, "LOOKED_THROUGH", ENOUGH)
    read_line = careful_reader._read_line
    check_type = system_json._validator().VALIDATORS["type"]

    def count_line(raw: bytes, *rest: Any) -> None:
        done.lines += 1
        done.bytes += len(raw)
        read_line(raw, *rest)

    def count_value(*arguments: Any) -> Iterator[Any]:
        done.values += 1
        yield from check_type(*arguments) or ()

    monkeypatch.setattr(careful_reader, "_read_line", count_line)
    monkeypatch.setitem(system_json._validator().VALIDATORS, "type", count_value)  # type: ignore[arg-type]
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A right submission of one language."""
    root = tmp_path / "submissions" / "a-system"
    (root / "sample").mkdir(parents=True)
    (root / "sample" / "de.jsonl").write_bytes(b"\n".join(GOOD) + b"\n")
    (root / "system.json").write_text(json.dumps(SAID))
    return root


def validated(folder: Path, tmp_path: Path) -> dict[str, Any]:
    """The report of `validate` on a folder that it refuses."""
    assert main(["validate", str(folder), "--format", "json", "-o", str(tmp_path / "report.json")]) == 1
    report: dict[str, Any] = json.loads((tmp_path / "report.json").read_bytes())
    return report


def filled(field: str, item: str, size: int = MIB) -> str:
    """A system.json of (almost) `size` bytes, one field of it an array of the same item again and again."""
    text = json.dumps({**SAID, field: 0})
    return text.replace(f'"{field}": 0', f'"{field}": [' + ",".join([item] * ((size - len(text) - 9) // (len(item) + 1))) + "]")


def keys(field: str, form: str, value: Any, number: int) -> str:
    inside = {"default": "oracle"} if field == "tracks" else {}
    return json.dumps({**SAID, field: {**inside, **{form.format(k): value for k in range(number)}}}, separators=(",", ":"))


# --- system.json ----------------------------------------------------------------------------------------------------------

LARGE = {
    "models without a field": filled("models", "{}"),
    "models that are right": filled("models", '{"name":"a","revision":null,"licence":"b"}'),
    "models that are numbers": filled("models", "0"),
    "numbers for data": filled("training_data", "1"),
    "data that is right": filled("training_data", '"a"'),
    "empty names of data": filled("training_data", '""'),
    "authors": filled("authors", '"A"'),
    "authors that are arrays": filled("authors", "[]"),
    "tracks": keys("tracks", "a{:x}/aa", "oracle", 40_000),
    "tracks that there are not": keys("tracks", "a{:x}/aa", 0, 50_000),
    "tracks of no pair": keys("tracks", "{:x}", "oracle", 40_000),
    "gold": keys("gold", "a{:x}/aa", "0" * 64, 12_000),
    "unknown fields": json.dumps({**SAID, **{f"{k:x}": 1 for k in range(80_000)}}),
    "an array of arrays": "[" + "[]," * (MIB // 3 - 3) + "1]",
    "a long key": keys("tracks", "{:0900000d}/aa", "oracle", 1),
    "a prompt": json.dumps({**SAID, "models": [{"name": "a", "revision": None, "licence": "b", "prompt": "p" * 1_000_000}]}),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_system_json_is_not_looked_into(folder: Path, tmp_path: Path, work: Work, name: str) -> None:
    (folder / "system.json").write_text(LARGE[name])
    assert len(LARGE[name]) <= MIB
    report = validated(folder, tmp_path)
    assert {finding["code"] for finding in report["findings"]} == {"system-schema"}
    assert work.values < 500
    assert sum(len(finding["message"]) for finding in report["findings"]) < 20_000


@pytest.mark.parametrize(("name", "limit"), [("models", 200), ("training_data", 200), ("authors", 50)])
def test_the_message_names_the_limit(folder: Path, tmp_path: Path, name: str, limit: int) -> None:
    (folder / "system.json").write_text(filled(name, '"a"'))
    (finding,) = validated(folder, tmp_path)["findings"]
    assert finding["message"].startswith(f"'{name}': ['a', 'a', ")
    assert finding["message"].endswith(f"is too long (maxItems: {limit})")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (filled("training_data", '"\\u0001"'), "system-schema"),
        (keys("tracks", "a\\u0001{:x}", "oracle", 40_000), "system-schema"),
    ],
)
def test_findings_of_a_system_json_end(folder: Path, text: str, code: str) -> None:
    (folder / "system.json").write_text(text)
    findings = Findings()
    assert system_json.check(scan(folder, findings, packaged()), findings) is None
    counts = {found: count for (_, found), count in findings.counts.items()}
    assert counts[code] in (COUNTED, 1, 2)
    assert sum(counts.values()) <= COUNTED + 2


# --- Predictions ----------------------------------------------------------------------------------------------------------

ID = b'{"id":"de-00000",'
LONG_LINES: dict[str, bytes] = {
    "open brackets": b"[" * (MIB - 1),
    "brackets": b"[" + b"[]," * (MIB // 3 - 3) + b"1]",
    "brackets in tags": ID + b'"tags":[' + b"[]," * (MIB // 3 - 30) + b"[]]}",
    "braces that are never closed": b'{"a":' * (MIB // 5),
    "strings": b'["",' + b'"",' * (MIB // 3 - 3) + b"1]",
    "backslashes": b'["' + b"\\\\" * (MIB // 2 - 9) + b'"]',
    "NaN": ID + b'"scores":[' + b"NaN," * (MIB // 4 - 30) + b"NaN]}",
    "scores": ID + b'"tags":[],"scores":[' + b"1e1," * (MIB // 4 - 30) + b"1]}",
    "digits": b"[" + b"1" * (MIB - 9) + b"]",
    "half pairs": b"[" + b'"\\ud800",' * (MIB // 9 - 9) + b"1]",
    "a key twice": b"[" + b'{"":1,"":1},' * (MIB // 12 - 9) + b"1]",
    "unknown keys": ID + b",".join(b'"%x":1' % k for k in range(90_000)) + b"}",
    "a long token": ID + b'"tags":["O"],"tokens":["' + b"a" * (MIB - 99) + b'"]}',
    "a long key": b'{"' + b"k" * (MIB - 99) + b'":1}',
}


@pytest.mark.parametrize("name", LONG_LINES)
def test_of_long_lines_only_some_are_read(folder: Path, tmp_path: Path, work: Work, name: str) -> None:
    line = LONG_LINES[name] + b"\n"
    assert len(line) <= MIB
    (folder / "sample" / "de.jsonl").write_bytes(GOOD[0] + b"\n" + line * 8)  # else it is another kind of file, and none is read
    report = validated(folder, tmp_path)
    assert work.bytes <= ENOUGH + 2 * MIB
    assert "too-many-findings" in {finding["code"] for finding in report["findings"]}


def test_deep_and_flat_brackets_are_told_apart(folder: Path, tmp_path: Path) -> None:
    lines = [b"[" * 9 + b"]" * 9, b"[" * 8 + b"]" * 8, b'["' + b"[" * 100 + b'"]', b"[]" * 100, b"]" * 100 + b"[", b"[" * 9]
    (folder / "sample" / "de.jsonl").write_bytes(b"\n".join([GOOD[0], *lines, *GOOD[1:]]) + b"\n")
    found = [(finding["line"], finding["code"]) for finding in validated(folder, tmp_path)["findings"]]
    codes = ["nesting-too-deep", "wrong-type", "wrong-type", "broken-json", "broken-json", "nesting-too-deep"]
    assert sorted(found) == list(enumerate(codes, 2))


def runs(folder: Path, number: int, data: bytes, where: str = "sample/de.jsonl") -> None:
    for run in range(number):
        path = folder / "runs" / str(run) / where
        path.parent.mkdir(parents=True)
        path.write_bytes(data)


MANY_FILES: dict[str, Callable[[Path], None]] = {
    "objects without a key": lambda folder: runs(folder, 100, b"{}\n" * 6_000),
    "blank lines": lambda folder: runs(folder, 100, b"\n" * 20_000),
    "the same sentence": lambda folder: runs(folder, 100, (GOOD[0] + b"\n") * 600),
    "one wrong tag": lambda folder: runs(folder, 150, b"\n".join(GOOD).replace(b'"O"', b'"Q"', 1)),
    "a single line": lambda folder: runs(folder, 150, b"x\n"),
    "nothing": lambda folder: runs(folder, 200, b""),
    "a language that is unknown": lambda folder: runs(folder, 200, b"x\n", "sample/qq.jsonl"),
}


@pytest.mark.parametrize("name", MANY_FILES)
def test_of_many_wrong_files_only_some_are_read(
    folder: Path, tmp_path: Path, work: Work, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last finding says where reading stopped; what is printed stays short."""
    MANY_FILES[name](folder)
    report = validated(folder, tmp_path)
    assert work.lines <= ENOUGH // 100 + COUNTED
    assert len(report["findings"]) + len(report["more"]) < 1000
    if name != "a language that is unknown":  # of a file that is not a submission's nothing is read
        assert report["findings"][-1]["code"] == "too-many-findings"
        assert "none behind it" in report["findings"][-1]["message"]
    written = ["--output", str(tmp_path / "l.md"), "--results", str(tmp_path / "r.json")]
    assert main(["leaderboard", "--submissions", str(folder.parent), *written]) == 1
    assert not list(tmp_path.glob("[lr].*"))
    assert len(capsys.readouterr().err.split("\n")) < 1000


def test_what_is_right_is_read_to_its_end(folder: Path, tmp_path: Path, work: Work) -> None:
    """Lines that the fast reader leaves to the careful one are no reason to stop: nothing is wrong with them."""
    wide = b" \n".join(line.replace(b"{", b"{" + b" " * 2_000, 1) for line in reversed(GOOD))
    padded = wide.replace(b'"id"', b'"\\u0069d"')
    (folder / "sample" / "de.jsonl").write_bytes(padded)
    runs(folder, 20, padded)
    assert main(["validate", str(folder), "-o", str(tmp_path / "report")]) == 0
    assert work.lines == 21 * len(GOOD)
    assert work.bytes > ENOUGH


def test_a_slip_in_each_of_many_files_is_found_in_one_pass(folder: Path, tmp_path: Path) -> None:
    runs(folder, 60, b"\n".join(GOOD).replace(b'"O"', b'"Q"', 1))
    report = validated(folder, tmp_path)
    assert [finding["code"] for finding in report["findings"]] == ["unknown-tag"] * 60


@pytest.mark.usefixtures("work")
def test_each_submission_of_a_board_is_looked_through(folder: Path) -> None:
    """One that is full of faults hides nothing of the next."""
    for name in ("b-system", "c-system"):
        shutil.copytree(folder, folder.parent / name)
        (folder.parent / name / "system.json").write_text(json.dumps({**SAID, "name": name}))
    (folder / "sample" / "de.jsonl").write_bytes(b"\n" * 500_000)
    runs(folder, 20, b"\n" * 20_000)
    (folder.parent / "b-system" / "sample" / "de.jsonl").write_bytes(b"\n".join(GOOD[1:]))
    (folder.parent / "c-system" / "system.json").write_text("{}")
    with pytest.raises(FindingsError) as error:
        collect(folder.parent, None)
    found = {(Path(finding.file).relative_to(folder.parent).parts[0], finding.code) for finding in error.value.findings.shown}
    assert {("a-system", "too-many-findings"), ("b-system", "missing-id"), ("c-system", "system-schema")} <= found


def test_a_folder_in_a_folder_a_thousand_times(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    depth = 1500
    for _ in range(depth):
        Path("d").mkdir()
        monkeypatch.chdir("d")
    Path("file").touch()
    monkeypatch.chdir(tmp_path)
    try:
        assert list(contents(folder.parent)) == ["a-system"]
        assert {finding["code"] for finding in validated(folder, tmp_path)["findings"]} == {"unexpected-file"}
    finally:
        deepest = folder.joinpath(*["d"] * (depth // 2))
        deepest.rename(tmp_path / "lower")  # what is left can be removed by recursion
