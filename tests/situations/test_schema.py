"""system.json: whatever the published schema admits, everything behind it takes; a finding says no, and never a traceback."""

import io
import json
import math
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from boundarybench.cli.main import main
from boundarybench.errors import UsageError
from boundarybench.leaderboard import store
from boundarybench.submission.system_json import MAX_BYTES, schema
from boundarybench_baselines.about import earlier
from boundarybench_baselines.system import load

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / "submissions" / "example-typical-errors"
SAID: dict[str, Any] = {**json.loads((EXAMPLE / "system.json").read_text("utf-8")), "name": "a-system"}

# --- Values that a schema admits ------------------------------------------------------------------------------------------

#: All that the strategies below know; a schema with another keyword fails here first.
_NOTES = {"$schema", "$defs", "title", "description"}
_KEYWORDS = {
    "string": {"minLength", "maxLength", "pattern", "format"},
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum"},
    "array": {"items", "minItems", "maxItems"},
    "object": {"properties", "required", "additionalProperties", "patternProperties", "maxProperties"},
    "boolean": set(),
    "null": set(),
}
#: What a validator of submissions shows as it is: no control, format or private characters, and no separator but the blank.
_PRINTABLE = st.characters(exclude_categories=["C", "Z"], include_characters=" ")


def admitted(node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the schema `node` admits, its limits among them."""
    if "$ref" in node:
        node = {**schema("system")["$defs"][node["$ref"].removeprefix("#/$defs/")], **{k: v for k, v in node.items() if k != "$ref"}}
    if "enum" in node:
        assert node.keys() <= {"enum", *_NOTES}
        return st.sampled_from(node["enum"])
    types = [node["type"]] if isinstance(node["type"], str) else node["type"]
    assert node.keys() <= {"type", *_NOTES}.union(*(_KEYWORDS[name] for name in types))
    return st.one_of([globals()[f"_{name}"](node) for name in types])


def _string(node: Mapping[str, Any]) -> st.SearchStrategy[str]:
    least, most, pattern = node.get("minLength", 0), node.get("maxLength", 1000), node.get("pattern", "")
    if "format" in node:
        assert node["format"] == "date"
        return st.dates().map(str)
    some = st.from_regex(pattern, alphabet=_PRINTABLE) if pattern else st.text(_PRINTABLE, min_size=least, max_size=20)
    longest = some.filter(bool).map(lambda text: (text * most)[:most])
    return (some | longest).filter(lambda text: least <= len(text) <= most and re.search(pattern, text) is not None)


def _integer(node: Mapping[str, Any]) -> st.SearchStrategy[int | float]:
    least, most = node["minimum"], node["maximum"]
    whole = st.integers(least, most) | st.sampled_from([least, most])
    return whole | whole.map(float).filter(lambda value: least <= value <= most)


def _number(node: Mapping[str, Any]) -> st.SearchStrategy[int | float]:
    return st.floats(node["minimum"], node.get("maximum"), allow_nan=False, allow_infinity=False) | st.integers(node["minimum"], 10**200)


def _boolean(_: Mapping[str, Any]) -> st.SearchStrategy[bool]:
    return st.booleans()


def _null(_: Mapping[str, Any]) -> st.SearchStrategy[None]:
    return st.none()


def _array(node: Mapping[str, Any]) -> st.SearchStrategy[list[Any]]:
    item, least = admitted(node["items"]), node.get("minItems", 0)
    return st.lists(item, min_size=least, max_size=3) | item.map(lambda value: [value] * node["maxItems"])


def _object(node: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    assert node["additionalProperties"] is False
    parts = {name: admitted(part) for name, part in node.get("properties", {}).items()}
    required = {name: part for name, part in parts.items() if name in node.get("required", ())}
    named = st.fixed_dictionaries(required, optional={name: part for name, part in parts.items() if name not in required})
    for pattern, part in node.get("patternProperties", {}).items():
        more = st.dictionaries(st.from_regex(pattern), admitted(part), max_size=3)
        named = st.tuples(named, more).map(lambda both: {**both[1], **both[0]})
    return named


@st.composite
def systems(draw: st.DrawFn) -> dict[str, Any]:
    """What the schema admits, with the folder's name, languages and gold that there are: those the schema cannot know."""
    said = draw(_SAID)
    tracks = {"default" if pair == "default" else "sample/de": track for pair, track in said["tracks"].items()}
    said = {**said, "name": SAID["name"], "gold": SAID["gold"], "tracks": tracks}
    # 200 models with a long prompt each are more than a system.json may hold.
    return said if len(json.dumps(said)) <= MAX_BYTES else {**said, "models": said["models"][:1]}


_SAID = admitted(schema("system"))

# --- Everything behind the schema -----------------------------------------------------------------------------------------


def call(*arguments: object) -> tuple[int, str]:
    """Exit code, and standard output with standard error, of a call in this process."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = main([str(argument) for argument in arguments])
    return code, out.getvalue()


def git(repository: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false", *arguments]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Main with one system, and on another branch a new one, both of a single language."""
    root = tmp_path_factory.mktemp("repository")
    git(root, "init", "-q", "-b", "main")
    for name in ("older-system", SAID["name"]):
        folder = root / "submissions" / name
        (folder / "sample").mkdir(parents=True)
        shutil.copy(EXAMPLE / "sample" / "de.jsonl", folder / "sample")
        (folder / "system.json").write_text(json.dumps({**SAID, "name": name}))
        git(root, "add", f"submissions/{name}")
        git(root, "commit", "-q", "-m", name)
        git(root, "checkout", "-q", "-B", "request")
    return root


def verdicts(repository: Path, content: bytes) -> tuple[dict[str, int], dict[str, str], Path]:
    """The exit code and the text of every verb that reads a system.json, and the board that was written."""
    folder = repository / "submissions" / SAID["name"]
    (folder / "system.json").write_bytes(content)
    git(repository, "add", "submissions")
    git(repository, "commit", "-q", "--allow-empty", "-m", "system.json")
    made = repository / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    submissions = ("--submissions", folder.parent, "--results", made / "results")
    calls: dict[str, tuple[object, ...]] = {
        "validate": ("validate", folder),
        "score": ("score", folder, "--format", "json"),
        "ci check": ("ci", "check", "--repo", repository, "--base", "main", "--head", "request"),
        "leaderboard": ("leaderboard", *submissions, "--output", made / "leaderboard.md"),
        "leaderboard --check": ("leaderboard", "--check", *submissions, "--output", made / "leaderboard.md"),
        "families": ("families", *submissions),
        "site": ("site", *submissions, "--out", made / "site"),
    }
    found = {verb: call(*arguments) for verb, arguments in calls.items()}
    return {verb: code for verb, (code, _) in found.items()}, {verb: text for verb, (_, text) in found.items()}, made


#: A whole board and site for each example: few of them, and no time spent on making a failing one smaller.
SLOW = settings(max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@SLOW
@given(said=systems())
def test_what_the_schema_admits_reaches_board_and_site(repository: Path, said: dict[str, Any]) -> None:
    content = json.dumps(said, ensure_ascii=False).encode()
    assume(len(content) <= MAX_BYTES)
    codes, texts, made = verdicts(repository, content)
    assert set(codes.values()) == {0}, (codes, texts)
    shown = store.read(made / "results").entries[said["name"]].system
    size = said["facets"]["ensemble_size"]
    assert (shown.facets.ensemble_size, type(shown.facets.ensemble_size)) == (int(size), int)
    assert (shown.description, shown.family, len(shown.models)) == (said["description"], said["family"], len(said["models"]))
    assert (made / "site" / "index.html").is_file()


@pytest.mark.parametrize("text", ["1.0", "3e0", "1E2", "250000e-4", "1000000.0"])
def test_a_whole_number_may_be_written_with_a_point(repository: Path, text: str) -> None:
    content = json.dumps({**SAID, "seed": 42.0}).replace('"ensemble_size": 1', f'"ensemble_size": {text}').encode()
    codes, texts, made = verdicts(repository, content)
    assert set(codes.values()) == {0}, texts
    board = (made / "results" / "systems" / f"{SAID['name']}.json").read_bytes()
    assert f'"ensemble_size":{int(float(text))},'.encode() in board
    assert store.read(made / "results").entries[SAID["name"]].system.facets.ensemble_size == float(text)


# --- What is refused, everywhere and with a finding -----------------------------------------------------------------------


def facets(**changes: Any) -> dict[str, Any]:
    return {"facets": {**SAID["facets"], **changes}}


def model(**changes: Any) -> dict[str, Any]:
    return {"models": [{"name": "a", "revision": None, "licence": "MIT", **changes}]}


REFUSED = {
    "an ensemble of one and a half": facets(ensemble_size=1.5),
    "an ensemble of true": facets(ensemble_size=True),
    "an ensemble of none": facets(ensemble_size=0.0),
    "an ensemble of more than 64 bits": facets(ensemble_size=2**64),
    "an ensemble of 1e300": facets(ensemble_size=1e300),
    "an ensemble of 300 digits": facets(ensemble_size=10**299),
    "NaN members": facets(ensemble_size=math.nan),
    "infinite members": facets(ensemble_size=math.inf),
    "a seed of 300 digits": {"seed": -(10**299)},
    "a seed of 65 bits": {"seed": 2.0**64},
    "infinite hours": {"wall_time_hours": math.inf},
    "open as a number": facets(open=1),
    "half a pair": {"description": "\ud83d"},
    "half a pair in a key": {"tracks": {"default": "oracle", "\udc00": "oracle"}},
    "a control character": {"hardware": "a\x07"},
    "a control character in a prompt": model(prompt="a\x00b"),
    "the 30th of February": model(date="2026-02-30"),
    "the 29th of February of 2025": model(date="2025-02-29"),
    "the 13th month": model(date="2026-13-01"),
    "the year 0": model(date="0000-01-01"),
    "a date in Arabic digits": model(date="\u0662\u0660\u0662\u0666-01-02"),
    "a date without hyphens": model(date="20260102"),
    "an empty name of a model": model(name=""),
    "an empty encoder": facets(encoder=""),
    "an empty author": {"authors": [""]},
    "301 characters": {"selection": "é" * 301},
    "201 sets of data": {"training_data": ["a"] * 201},
    "201 models": {"models": model()["models"] * 201},
    "1,001 tracks": {"tracks": {"default": "oracle", **{f"a{number}/aa": "oracle" for number in range(1000)}}},
    "an array for a string": {"description": ["a"]},
    "nothing but an array": None,
}
REFUSED_TEXTS = {
    "a key twice": json.dumps(SAID)[:-1] + ', "seed": 1}',
    "a key twice, far inside": json.dumps(SAID).replace('"open":', '"open": true, "open":'),
    "deep": json.dumps({**SAID, "models": 0}).replace('"models": 0', '"models": ' + "[" * 5000 + "]" * 5000),
    "deep and cut": '{"facets":' * 3000,
    "a number beyond floats": json.dumps(SAID).replace('"ensemble_size": 1', '"ensemble_size": 1e400'),
    "a number of 5,000 digits": json.dumps(SAID).replace('"ensemble_size": 1', '"ensemble_size": 1' + "0" * 5000),
    "nothing": "",
    **{name: json.dumps([] if change is None else {**SAID, **change}) for name, change in REFUSED.items()},
}


@pytest.mark.parametrize("name", REFUSED_TEXTS)
def test_what_is_refused_is_refused_everywhere(repository: Path, name: str) -> None:
    """With the same finding; only `score` reads no system.json. One broken folder leaves the board as it was."""
    codes, texts, made = verdicts(repository, REFUSED_TEXTS[name].encode())
    assert codes == {**dict.fromkeys(codes, 1), "score": 0}
    found = json.loads(call("validate", repository / "submissions" / SAID["name"], "--format", "json")[1])["findings"]
    assert all(finding["file"].endswith("system.json") for finding in found)
    for verb in ("ci check", "leaderboard", "families", "site"):
        assert all(finding["code"] in texts[verb] for finding in found), verb
    assert list(made.iterdir()) == []


PLACES = [(name,) for name in SAID] + [("facets", name) for name in SAID["facets"]] + [("tracks", "default")]
_ODD = st.sampled_from([10**30, 2**63, 1e300, "\ud800", "\x00", ""])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5) | _ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


@SLOW
@given(place=st.sampled_from(PLACES), value=ANYTHING)
def test_a_value_that_validate_takes_all_take_and_no_other(repository: Path, place: tuple[str, ...], value: Any) -> None:
    said = json.loads(json.dumps(SAID))
    inside = said
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = value
    codes, texts, _ = verdicts(repository, json.dumps(said).encode())
    assert codes == {**dict.fromkeys(codes, codes["validate"]), "score": 0}, texts
    assert codes["validate"] in (0, 1)


@pytest.mark.parametrize(
    "change", [{"models": 1}, {"tracks": []}, {"wall_time_hours": "2"}, {"gold": [1]}, {"facets": None}, {"family": 3}, {"selection": ...}]
)
def test_a_run_into_a_folder_with_a_broken_system_json_says_so(tmp_path: Path, change: dict[str, Any]) -> None:
    name = "politov2025-heuristic-simalign"
    said = {key: value for key, value in {**SAID, **change}.items() if value is not ...}
    (tmp_path / "system.json").write_text(json.dumps(said))
    with pytest.raises(UsageError, match=r"system\.json: broken; remove it"):
        earlier(load(name), tmp_path)
