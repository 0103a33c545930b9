"""Manifests and pins are read strictly, and every message says which file, which field and what to write instead."""

import json
import re

import msgspec
import pytest
import tomli_w
from invented import MINIMAL, put, toml

from boundarybench.cli.main import main
from boundarybench.errors import DataError, UsageError
from boundarybench.gold.pinning import as_bytes
from boundarybench.suites import manifests, pins
from boundarybench.suites.manifests import find, folder_of, known, own, packaged, parse
from boundarybench.suites.suite import Suite

GIT = {"url": "https://example.org/{revision}/{lang}", "revision": "abc"}
IN_BRACES = r"in braces only \{lang\}, \{split\} may stand"
#: A field that is wrong, and what the message says of it.
FAULTS = {
    "an unknown field": ({"colour": "red"}, "unknown field `colour`"),
    "an unknown field of a language": ({"languages": {"sw": {"name": "S", "hedline": True}}}, "languages.sw: .*unknown field `hedline`"),
    "an unknown field of the source": ({"source": {"mirro": "x"}}, "source: .*unknown field `mirro`"),
    "its own name": ({"name": "mine"}, "no field 'name': the folder says it"),
    "that it is the package's": ({"packaged": True}, "no field 'packaged': the folder says it"),
    "a code in an entry": ({"languages": {"sw": {"name": "S", "code": "yo"}}}, "languages.sw: no field 'code': the entry's key says it"),
    "no title": ({"title": None}, "missing required field `title`"),
    "no licence": ({"licence": None}, "missing required field `licence`"),
    "no name of a language": ({"languages": {"yo": {"name": "Y"}, "sw": {}}}, "languages.sw: .*missing required field `name`"),
    "a title that is a number": ({"title": 3}, "title: Expected `str`, got `int`"),
    "an empty title": ({"title": ""}, "title: Expected `str` of length >= 1"),
    "a title without end": ({"title": "x" * 2001}, "title: Expected `str` of length <= 2000"),
    "another schema": ({"schema": 2}, "schema: Invalid enum value 2"),
    "no domain": ({"domains": []}, "domains: Expected `array` of length >= 1"),
    "domains that are text": ({"domains": "news"}, "domains: Expected `array`, got `str`"),
    "a truth that is text": ({"ranked": "yes"}, "ranked: Expected `bool`, got `str`"),
    "an unknown split": ({"splits": ["test", "validation"]}, r"splits\[1\]: Invalid enum value 'validation'"),
    "an unknown scheme": ({"read": {"scheme": "BIO"}}, "read.scheme: Invalid enum value 'BIO'"),
    "column 0": ({"read": {"tag_column": 0}}, "read.tag_column: 0: columns are counted from 1, or from -1"),
    "a script in small letters": ({"languages": {"sw": {"name": "S", "script": "latn"}}}, "languages.sw.script: Expected `str` matching"),
    "a block of no sentence": ({"sentences": {"block": 0}}, "sentences.block: Expected `int` >= 1"),
    "an infinite number": ({"order": float("inf")}, "order: Expected `int`, got `float`"),
    "languages in a list": ({"languages": ["sw"]}, r"\[languages\] must be a table with an entry for each code"),
    "names alone": ({"languages": {"sw": "Swahili"}}, r"\[languages\] must be a table with an entry for each code"),
    "no language": ({"languages": {}}, "languages: none is in the mean: let one be without `headline = false`"),
    "none in the mean": ({"languages": {"sw": {"name": "S", "headline": False}}}, "languages: none is in the mean: let one be without"),
    "a code in capitals": ({"languages": {"SW": {"name": "S"}}}, "languages: 'SW' is no code: write it with a-z"),
    "a code that is a path": ({"languages": {"../sw": {"name": "S"}}}, r"languages: '\.\./sw' is no code: write it with a-z"),
    "scored and not in gold": ({"types": ["PER"], "scored": ["PER", "ORG"]}, "scored: ORG not among types: choose from PER"),
    "a type with a blank": ({"types": ["A B"], "scored": ["A B"]}, "types: 'A B' is no type name: write"),
    "no type": ({"types": []}, "types: nothing is chosen: write"),
    "nothing scored": ({"scored": []}, "scored: nothing is chosen: write"),
    "a type twice": ({"types": ["PER", "PER"], "scored": ["PER"]}, "types: PER twice; name each type once"),
    "a mirror that leads out": (
        {"source": {"mirror": "../{lang}"}},
        "source: mirror: '../{lang}' leads out of its folder: write a path below",
    ),
    "a mirror from the root": ({"source": {"mirror": "/etc/{lang}"}}, "source: mirror: .* leads out of its folder"),
    "a file beside the suite": ({"source": {"embedded": "x/../../{lang}"}}, "source: embedded: .* leads out of its folder"),
    "groups that lead out": ({"groups": "../{lang}"}, "groups: .* leads out of its folder"),
    "an unknown placeholder": ({"source": {"mirror": "{language}.txt"}}, f"source: mirror: '{{language}}.txt': {IN_BRACES}"),
    "a placeholder of addresses": ({"source": {"mirror": "{name}.txt"}}, f"source: mirror: .*{IN_BRACES}"),
    "a format": ({"source": {"mirror": "{lang:>9}.txt"}}, f"source: mirror: .*{IN_BRACES}"),
    "an attribute": ({"source": {"mirror": "{lang.__class__}.txt"}}, f"source: mirror: .*{IN_BRACES}"),
    "a lone brace": ({"source": {"embedded": "{lang.txt"}}, f"source: embedded: .*{IN_BRACES}"),
    "a placeholder of groups": ({"groups": "{}"}, f"groups: .*{IN_BRACES}"),
    "a placeholder of the hub": (
        {"source": {"hub": {"path": "a/b", "name": "{split}"}}},
        r"source: hub.name: .*in braces only \{lang\} may",
    ),
    "one file for two splits": (
        {"splits": ["dev", "test"], "source": {"mirror": "{lang}"}},
        r"files? for the splits dev, test: write \{split\}",
    ),
    "a commit for others": ({"source": {"git": {**GIT, "revision": {"yo": "abc"}}}}, "source: git.revision: none for sw: name a commit"),
    "no address": ({"source": {"git": {**GIT, "url": "ftp://example.org/{lang}"}}}, "source.git.url: Expected `str` matching"),
    "a pivot that is not there": ({"parallel": "en"}, "parallel: no language 'en': choose from sw"),
    "a version's name": ({"versions": {"the old": {"title": "Old", "source": {}}}}, "versions: 'the old' is no name: write it with a-z"),
    "a version's path": (
        {"versions": {"1": {"title": "Old", "source": {"mirror": "../{lang}"}}}},
        "versions.1.source: mirror: .* leads out",
    ),
}
#: Bytes that are no manifest.
NO_MANIFESTS = {
    "nothing": (b"", r"bad-manifest: \[languages\] must be a table"),
    "no TOML": (b"title: mine\n", r"not-toml: .*line 1"),
    "a key twice": (b"schema = 1\nschema = 1\n", r"not-toml: .*line 2"),
    "UTF-16": (toml().encode("utf-16"), ":1: not-utf-8: byte 0xff"),
    "Latin-1": ("title = 'Größe'\n".encode("latin-1"), ":1: not-utf-8: byte 0xf6"),
    "a byte-order mark": (b"\xef\xbb\xbf" + toml().encode(), ":1: byte-order-mark: save the file"),
    "over 1 MiB": (b"#" * (1 << 20) + b"\n", "file-too-large: over 1 MiB"),
    "brackets without end": (b"title = " + b"[" * 100_000, "not-toml: "),
}


def test_the_least_manifest_is_one() -> None:
    suite = parse(toml(), "mine", "here", packaged=False)
    assert (suite.name, suite.codes, suite.headline, suite.types, suite.splits) == ("mine", ("sw",), ("sw",), None, ("test",))


@pytest.mark.parametrize(("fields", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_file_and_field(fields: dict, message: str) -> None:
    with pytest.raises(DataError, match=rf"^here/suite\.toml: bad-manifest: .*{message}"):
        parse(toml(**fields), "mine", "here/suite.toml", packaged=False)


def test_every_fault_is_told_at_once() -> None:
    fields = {"scored": ["A B"], "parallel": "en", "source": {"mirror": "/{x}"}}
    with pytest.raises(DataError) as caught:
        parse(toml(**fields), "mine", "here", packaged=False)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[2] for line in lines] == ["scored", "parallel", "source", "source"]
    assert all(line.startswith("here: bad-manifest: ") for line in lines)


def test_a_suite_of_the_package_says_all_its_types() -> None:
    with pytest.raises(DataError, match="types: a suite of the package has a closed set: list all types"):
        parse(toml(), "mine", "here", packaged=True)


@pytest.mark.parametrize("name", [*sorted(manifests.RESERVED), "Mine", "a b", "", "ö", "-a"])
def test_a_folder_has_a_plain_name(name: str) -> None:
    with pytest.raises(DataError, match=re.escape(f"the folder {name!r}: choose a name of a-z")):
        parse(toml(), name, "here", packaged=False)


@pytest.mark.parametrize(("content", "message"), NO_MANIFESTS.values(), ids=NO_MANIFESTS)
def test_a_broken_manifest_is_told_by_name_and_stops_no_other_suite(content: bytes, message: str, caplog: pytest.LogCaptureFixture) -> None:
    put("good", toml())
    path = put("broken", content)
    with pytest.raises(DataError, match=rf"^{re.escape(str(path))}(: |){message}"):
        find("broken")
    assert set(known()) == {*packaged(), "good"}
    (record,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert record.getMessage().startswith(str(path))
    assert main(["languages", "--suite", "sample"]) == 0


def test_a_folder_without_a_manifest_is_left_out_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    path = put("empty", "")
    path.unlink()
    assert not own()
    assert "no manifest" in caplog.text
    path.mkdir()
    with pytest.raises(UsageError, match="not a regular file"):
        find("empty")


def test_nobody_can_take_the_name_of_a_suite_of_the_package() -> None:
    put("sample", toml(title="Not the sample"))
    assert find("sample") == known()["sample"] == packaged()["sample"]


def test_a_changed_manifest_is_read_again() -> None:
    put("mine", toml())
    assert find("mine").title == MINIMAL["title"]
    put("mine", toml(title="Another, longer title"))
    assert find("mine").title == "Another, longer title"


@pytest.mark.parametrize("suite", packaged().values(), ids=packaged())
def test_what_is_written_is_what_is_read(suite: Suite) -> None:
    fields = {name: value for name, value in msgspec.to_builtins(suite).items() if name not in ("name", "packaged")}
    fields["languages"] = {entry.pop("code"): entry for entry in fields["languages"]}
    assert parse(tomli_w.dumps(fields), suite.name, "here", packaged=True) == suite


@pytest.mark.parametrize("suite", packaged().values(), ids=packaged())
def test_each_suite_of_the_package_is_pinned_by_its_languages_splits_and_types(suite: Suite) -> None:
    assert (folder_of(suite) / pins.FILE).read_bytes() == as_bytes(pins.pins(suite))
    for name, pin in pins.pins(suite).items():
        code, _, split = name.partition("@")[0].partition("/")
        assert suite.language(code) is not None
        assert split in suite.splits
        assert pin.entities.keys() <= set(suite.types)
        assert set(pin.parts) in ({*suite.parts}, set(), set(suite.domains))


PIN = {
    "structure": "0" * 64,
    "text": [],
    "lengths": "0" * 16,
    "sentences": 1,
    "tokens": 1,
    "entities": {"PER": 1},
    "invalid": 0,
    "bridged": [],
    "source": "here",
}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "truncated"),
        ("{", "truncated"),
        ("[]", "Expected `object`, got `array`"),
        (json.dumps({"sw/test": {}}), "missing required field `structure`"),
        (json.dumps({"sw/test": {**PIN, "colour": "red"}}), "unknown field `colour`"),
        (json.dumps({"sw/test": {**PIN, "sentences": "1"}}), "Expected `int`, got `str` - at `$[...].sentences`"),
        (json.dumps({"sw/test": {**PIN, "bridged": [[1]]}}), "Expected `array` of length 2"),
    ],
)
def test_pins_are_read_strictly(content: str, message: str) -> None:
    put("mine", toml())
    path = folder_of(find("mine")) / pins.FILE
    path.write_text(content)
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        pins.pins(find("mine"))
    assert str(caught.value).startswith(f"{path}: not pins (")
    assert str(caught.value).endswith("`boundarybench gold pin` writes them")


def test_a_suite_without_pins_has_none() -> None:
    put("mine", toml())
    assert pins.pinned("mine", "sw") is None
    assert pins.pinned("no-suite", "sw") is None
    (folder_of(find("mine")) / pins.FILE).write_text(json.dumps({"sw/test": PIN}))
    assert pins.pinned("mine", "sw").sentences == 1
    assert pins.unpinned(find("mine")) == ()
