"""Gold from files of git repositories, by the commands that a user types, from a server on the loopback."""

import hashlib
import json
import multiprocessing
import re
from pathlib import Path

import pytest
from git_server import GitServer
from golds import SENTENCES, columns

from boundarybench.cli.main import main
from boundarybench.errors import DataError
from boundarybench.gold import fetching
from boundarybench.gold.load import at_hand, load
from boundarybench.gold.sources import Key
from boundarybench.suites.manifests import parse

REVISION = "0123456789abcdef0123456789abcdef01234567"
MANIFEST = """
schema = 1
title = "Invented weather reports"
domains = ["weather"]
licence = "CC BY 4.0"
origin = "https://example.org/weather"
types = ["PER", "ORG", "LOC"]

[source.git]
url = "{url}/{{revision}}/{{lang}}/{{split}}.txt"
revision = "{revision}"

[languages]
swa = {{ name = "Swahili" }}
zul = {{ name = "isiZulu" }}
"""
SWA, ZUL = f"/{REVISION}/swa/test.txt", f"/{REVISION}/zul/test.txt"
FILE = columns(SENTENCES).encode()
PREDICTION = "".join(
    json.dumps({"id": f"swa-{index:05d}", "tags": ["O"] * len(tags)}) + "\n" for index, (_, tags) in enumerate(SENTENCES)
).replace('["O", "O", "O", "O"]', '["B-PER", "I-PER", "O", "O"]', 1)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """No test waits as long as a user should."""
    monkeypatch.setattr(fetching, "TIMEOUT", (0.5, 0.5))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    fetching._say.cache_clear()


@pytest.fixture
def home(home, tmp_path, monkeypatch):
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def server():
    with GitServer({SWA: FILE, ZUL: FILE}) as server:
        yield server


@pytest.fixture
def suite(home, server):
    """The folder of a user's own suite whose gold is on the server."""
    return written(home, server.url)


def written(home: Path, url: str) -> Path:
    folder = home / "suites" / "weather"
    folder.mkdir(parents=True)
    (folder / "suite.toml").write_text(MANIFEST.format(url=url, revision=REVISION))
    return folder


def gold(*arguments: str) -> int:
    return main(["gold", *arguments])


def pin(*arguments: str) -> int:
    return gold("pin", "--suite", "weather", "--source", "weather @ 0123456", *arguments)


def fetch(*arguments: str) -> int:
    return gold("fetch", "--suite", "weather", *arguments)


def kept(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()] if (home / "files").exists() else []


@pytest.fixture
def pinned(suite, home, server, capsys):
    """The suite, pinned; nothing of its files is kept."""
    assert pin() == 0
    for path in kept(home):
        path.unlink()
    server.asked.clear()
    fetching._say.cache_clear()
    capsys.readouterr()
    return suite


def test_pin_fetches_the_files_and_writes_their_hashes(suite, server, capsys):
    assert pin() == 0
    pins = json.loads((suite / "pins.json").read_text())
    assert {name: pin["sha256"] for name, pin in pins.items()} == dict.fromkeys(["swa/test", "zul/test"], hashlib.sha256(FILE).hexdigest())
    assert sorted(server.asked) == [SWA, ZUL]
    assert f"weather/swa/test: fetching {server.url}{SWA}" in capsys.readouterr().err


def test_pin_takes_what_is_there_now_and_leaves_out_what_is_not(suite, server, capsys):
    assert pin() == 0
    server.files[SWA] = FILE + FILE
    del server.files[ZUL]
    assert pin() == 0
    pins = json.loads((suite / "pins.json").read_text())
    assert pins["swa/test"]["sha256"] == hashlib.sha256(FILE + FILE).hexdigest()
    assert pins["zul/test"]["sha256"] == hashlib.sha256(FILE).hexdigest()
    assert "weather/zul/test is not pinned: " in capsys.readouterr().err


def test_fetch_then_score_asks_once(pinned, server, home, tmp_path, capsys):
    assert fetch() == 0
    assert capsys.readouterr().out == "".join(f"weather/{lang}/test: 4 sentences, 6 entities\n" for lang in ("swa", "zul"))
    assert sorted(server.asked) == [SWA, ZUL]
    (tmp_path / "swa.jsonl").write_text(PREDICTION)
    assert main(["score", str(tmp_path / "swa.jsonl"), "--suite", "weather", "--lang", "swa", "--format", "json"]) == 0
    result = json.loads(capsys.readouterr().out)["results"][0]
    assert (result["boundary"]["precision"], result["pinned"]) == (1.0, False)
    assert fetch() == 0
    assert len(server.asked) == 2
    assert len(kept(home)) == 2


def test_score_fetches_its_own_set_alone_and_says_so(pinned, server, tmp_path, capsys):
    (tmp_path / "swa.jsonl").write_text(PREDICTION)
    assert main(["score", str(tmp_path / "swa.jsonl"), "--suite", "weather", "--lang", "swa"]) == 0
    assert server.asked == [SWA]
    assert capsys.readouterr().err.splitlines() == [
        "boundarybench: Invented weather reports; licence: CC BY 4.0; from https://example.org/weather",
        f"boundarybench: weather/swa/test: fetching {server.url}{SWA}",
    ]


def test_the_licence_is_shown_once_and_first(pinned, capsys):
    assert fetch() == 0
    lines = capsys.readouterr().err.splitlines()
    assert [number for number, line in enumerate(lines) if "licence: CC BY 4.0" in line] == [0]
    assert fetch() == 0
    assert capsys.readouterr().err == ""


def test_what_is_at_hand_is_found_without_the_network(pinned, server):
    assert at_hand(Key("weather", "swa", "test")) is None
    assert gold("list", "--suite", "weather") == 0
    assert gold("verify", "--suite", "weather") == 2
    assert server.asked == []
    fetched = load("weather", "swa")
    found = at_hand(Key("weather", "swa", "test"))
    assert found is not None
    assert found.structure == fetched.structure
    assert server.asked == [SWA]
    assert gold("verify", "--suite", "weather") == 0


def test_a_file_that_is_not_pinned_is_not_fetched(suite, server, capsys):
    assert fetch("--lang", "swa") == 2
    assert server.asked == []
    assert "no SHA-256 is pinned for" in (message := capsys.readouterr().err)
    assert "boundarybench gold pin --suite weather --lang swa --source TEXT" in message


def test_another_file_than_the_pinned_one_is_refused_and_not_kept(pinned, server, home, capsys):
    server.files[SWA] = FILE.replace(b"B-LOC", b"B-ORG")
    assert fetch("--lang", "swa") == 1
    message = capsys.readouterr().err
    found, wanted = (hashlib.sha256(content).hexdigest() for content in (server.files[SWA], FILE))
    assert f"{server.url}{SWA}: wrong-hash: the file's SHA-256 is {found}, pinned is {wanted}" in message
    assert "BOUNDARYBENCH_DATA" in message
    assert server.asked == [SWA]
    assert kept(home) == []


def test_a_damaged_copy_is_fetched_again(pinned, server, home, capsys):
    assert fetch("--lang", "swa") == 0
    (path,) = kept(home)
    path.write_bytes(FILE[:-3])
    assert fetch("--lang", "swa") == 0
    assert path.read_bytes() == FILE
    assert f"{path}: damaged; it will be fetched again" in capsys.readouterr().err
    assert server.asked == [SWA, SWA]


@pytest.mark.parametrize(
    ("how", "asked", "said"),
    [
        ("404", 1, "404 Not Found"),
        ("403", 1, "403 Forbidden"),
        ("500", 3, "500 Internal Server Error; try again later"),
        ("cut", 3, "the file broke off before its end; try again"),
        ("silent", 3, "did not answer within 0.5 seconds"),
        ("stalls", 3, "did not answer within 0.5 seconds"),
        ("page", 1, "a web page came in place of the file"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(pinned, server, home, capsys, how, asked, said):
    server.behaviour[SWA] = how
    assert fetch("--lang", "swa") == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "no gold at hand" in line]
    assert line.startswith(f"boundarybench: error: weather/swa/test: no gold at hand: {server.url}{SWA}: ")
    assert said in line
    assert re.search(r"or save the file as \S+/files/weather-swa-test-[0-9a-f]{16}\.txt$", line)
    assert server.asked.count(SWA) == asked
    assert kept(home) == []


def test_a_server_that_recovers_is_asked_again(pinned, server):
    server.behaviour[SWA] = "flaky"
    assert fetch("--lang", "swa") == 0
    assert server.asked == [SWA, SWA]


def test_a_file_saved_where_the_error_says_is_found(pinned, server, capsys):
    server.behaviour[SWA] = "404"
    assert fetch("--lang", "swa") == 2
    _, said, place = capsys.readouterr().err.strip().rpartition("or save the file as ")
    assert said
    path = Path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(FILE)
    assert fetch("--lang", "swa") == 0
    assert server.asked == [SWA]


def test_without_a_network_one_set_is_tried_and_the_others_are_not(pinned, home, capsys):
    with GitServer({}) as gone:
        pass
    text = (pinned / "suite.toml").read_text()
    (pinned / "suite.toml").write_text(re.sub(r"http://[\d.:]+", gone.url, text))
    assert fetch() == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if "no gold at hand" in line]
    assert len(lines) == 2
    assert "cannot be reached (is there a network?)" in lines[0]
    assert lines[1].endswith(f"{gone.url.removeprefix('http://')} is out of reach")
    assert kept(home) == []


def test_a_cache_that_cannot_be_written_is_named(pinned, home, server, capsys):
    for path in (home / "files").iterdir():
        path.unlink()
    (home / "files").rmdir()
    (home / "files").write_text("a file stands here")
    assert fetch("--lang", "swa") == 2
    assert "BOUNDARYBENCH_HOME names the place" in capsys.readouterr().err


def _fetched(_number: int) -> str:
    return load("weather", "swa").structure


def test_two_processes_fetch_the_same_file(pinned, home):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert len(set(pool.map(_fetched, range(8), 1))) == 1
    assert len(kept(home)) == 1


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.org", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://example.org", False),
        ("http://127.0.0.1.example.org", False),
    ],
)
def test_files_come_over_https_or_from_this_machine(url, good):
    def read() -> object:
        return parse(MANIFEST.format(url=url, revision=REVISION), "weather", "weather", packaged=False)

    if good:
        assert read()
    else:
        with pytest.raises(DataError, match=r"git\.url"):
            read()
