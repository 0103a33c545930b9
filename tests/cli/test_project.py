"""`boundarybench project`: the contract of its files, hostile input, and what is left behind when it fails."""

import json
import os
import subprocess
import sys

import pytest

from boundarybench.cli.main import main

TARGET = [
    {"id": "b", "tokens": ["Angela", "Merkel", "besucht", "Nairobi", "."]},
    {"id": "a", "tokens": ["Nichts", "hier"]},
    {"id": "c", "tokens": ["Kenia", "?"]},
]
TRANSLATION = [
    {"id": "c", "tokens": ["Kenya", "?"], "entities": [{"start": 0, "end": 1, "type": "LOC"}]},
    {
        "id": "b",
        "tokens": ["Angela", "Merkel", "visits", "Nairobi", "."],
        "entities": [{"start": 0, "end": 2, "type": "PER"}, {"start": 3, "end": 4, "type": "LOC"}],
    },
]
LINKS = ["0-0 1-1", "0-0 1-1 2-2 3-3 4-4"]
TAGS = {"a": ["O", "O"], "b": ["B-PER", "I-PER", "O", "B-LOC", "O"], "c": ["B-LOC", "O"]}
METHODS = ["published-heuristic", "greedy", "exact", "recommended"]


@pytest.fixture
def project(tmp_path, capsys):
    """Writes the files (given as objects, lines or bytes), runs the command; gives code, tags by id, record, standard error."""

    def run(*arguments, target=TARGET, translation=TRANSLATION, links=LINKS):
        for name, content in (("target.jsonl", target), ("translation.jsonl", translation), ("links.txt", links)):
            if not isinstance(content, bytes):
                content = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in content).encode()
            (tmp_path / name).write_bytes(content)
        paths = [
            "--target",
            tmp_path / "target.jsonl",
            "--translation",
            tmp_path / "translation.jsonl",
            "--alignments",
            tmp_path / "links.txt",
        ]
        output, record = tmp_path / "predictions.jsonl", tmp_path / "record.jsonl"
        code = main([str(each) for each in ["project", *paths, "-o", output, "--record", record, *arguments]])
        read = [[json.loads(line) for line in file.read_text().split("\n")[:-1]] if file.exists() else None for file in (output, record)]
        return code, read[0], read[1], capsys.readouterr().err

    return run


@pytest.mark.parametrize("method", METHODS)
def test_every_target_sentence_is_written_in_its_order(project, method):
    code, lines, record, err = project("--method", method)
    assert code == 0
    assert [line["id"] for line in lines] == ["b", "a", "c"]
    assert {line["id"]: line["tags"] for line in lines} == TAGS
    assert all(line.keys() == {"id", "tags"} for line in lines)
    assert [entry["translation"] for entry in record] == ["used", "missing", "used"]
    assert [entity["fate"] for entity in record[0]["entities"]] == ["projected", "projected"]
    assert "3 sentences, 2 with a translation" in err
    assert "1 sentences have no translation" in err


def test_recommended_is_the_default(project):
    assert project() == project("--method", "recommended")


@pytest.mark.parametrize("method", METHODS)
def test_link_order(project, method):
    crossed = [{"id": "b", "tokens": ["visits", "Angela"], "entities": [{"start": 1, "end": 2, "type": "PER"}]}]
    target = [{"id": "b", "tokens": ["Anjela", "atembelea", "sana"]}]
    for order, link in (("translation-target", "0-1 1-0"), ("target-translation", "1-0 0-1")):
        code, lines, _, _ = project("--method", method, "--link-order", order, target=target, translation=crossed, links=[link])
        assert (code, lines[0]["tags"]) == (0, ["B-PER", "O", "O"])


def test_the_wrong_link_order_is_noticed(project):
    target = [{"id": "b", "tokens": ["Anjela"]}]
    translation = [{"id": "b", "tokens": ["here", "is", "Angela"], "entities": [{"start": 2, "end": 3, "type": "PER"}]}]
    code, lines, record, err = project(target=target, translation=translation, links=["0-2"])
    assert (code, lines[0]["tags"]) == (1, ["O"])
    assert "links.txt:1: link-out-of-range" in err
    assert "--link-order" in err
    assert record[0]["translation"] == "unusable"


BAD_TRANSLATIONS = {
    "broken-json": '{"id": "b", "tokens": ["x"',
    "wrong-shape": '{"id": "b", "tokens": "Angela Merkel", "entities": []}',
    "wrong-shape ": '{"id": "b", "tokens": ["a"]}',
    "bad-entity": '{"id": "b", "tokens": ["a"], "entities": [{"start": 0, "end": 2, "type": "PER"}]}',
    "bad-entity ": '{"id": "b", "tokens": ["a"], "entities": [{"start": 0, "end": 0, "type": "PER"}]}',
    "bad-entity  ": '{"id": "b", "tokens": ["a"], "entities": [{"start": -1, "end": 1, "type": "PER"}]}',
    "bad-entity   ": '{"id": "b", "tokens": ["a"], "entities": [{"start": 0, "end": 1, "type": "P R"}]}',
    "wrong-shape  ": '{"id": "b", "tokens": ["a"], "entities": [{"start": true, "end": 1, "type": "PER"}]}',
    "broken-json ": "",
    "broken-json  ": '{"id": "b", "x": ' + "[" * 100_000,
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("code", BAD_TRANSLATIONS)
def test_one_bad_translation_does_not_end_the_run(project, method, code):
    exit_code, lines, _, err = project("--method", method, translation=[TRANSLATION[0], BAD_TRANSLATIONS[code]])
    assert exit_code == 1
    assert {line["id"]: line["tags"] for line in lines} == TAGS | {"b": ["O"] * 5}
    assert f"translation.jsonl:2: {code.strip()}: " in err


@pytest.mark.parametrize(
    ("line", "code"),
    [("0-0 1~1", "bad-link"), ("0-0 -1-1", "bad-link"), ("0-0 5-0", "link-out-of-range"), ("9999999-1", "bad-link"), ("٣-1", "bad-link")],
)
def test_one_bad_line_of_links_does_not_end_the_run(project, line, code):
    exit_code, lines, record, err = project(links=[LINKS[0], line])
    assert exit_code == 1
    assert {each["id"]: each["tags"] for each in lines} == TAGS | {"b": ["O"] * 5}
    assert f"links.txt:2: {code}: " in err
    assert code in record[0]["problem"]


def test_too_few_and_too_many_lines_of_links(project):
    for links in (LINKS[:1], [*LINKS, "0-0"], [*LINKS, "", "1-1"], []):
        code, lines, record, err = project(links=links)
        assert (code, lines, record) == (2, None, None)
        assert f"{len(links)} lines of links, 2 lines of translations" in err
    assert project(links=[*LINKS, ""])[0] == 0  # an empty line at the end is no harm


def test_an_empty_line_of_links_is_a_pair_without_links(project):
    code, _, record, _ = project("--method", "exact", links=[LINKS[0], ""])
    assert code == 0
    assert {entity["fate"] for entity in record[0]["entities"]} == {"no-link"}


def test_ids_that_stand_twice(project):
    twice = TRANSLATION[1] | {"entities": []}
    code, lines, _, err = project(translation=[*TRANSLATION, twice], links=[*LINKS, ""], target=[*TARGET, TARGET[0]])
    assert code == 1
    assert [line["id"] for line in lines] == ["b", "a", "c"]
    assert lines[0]["tags"] == TAGS["b"]
    assert "translation.jsonl:3: duplicate-id" in err
    assert "target.jsonl:4: duplicate-id" in err


def test_translations_that_nobody_asked_for_are_no_problem(project):
    code, lines, _, err = project(target=TARGET[1:])
    assert (code, len(lines)) == (0, 2)
    assert "1 translations belong to no target sentence" in err


def test_bad_target_lines_are_named_and_the_others_written(project):
    code, lines, _, err = project(target=[TARGET[0], "{", {"id": 3, "tokens": []}, TARGET[1]])
    assert (code, [line["id"] for line in lines]) == (1, ["b", "a"])
    assert "target.jsonl:2: broken-json" in err
    assert "target.jsonl:3: wrong-shape" in err


def test_bytes_that_are_not_utf8_and_lines_that_are_too_long(project):
    broken = json.dumps(TRANSLATION[0]).encode() + b"\n" + b'{"id": "b", "tokens": ["\xff"], "entities": []}\n'
    code, lines, _, err = project(translation=broken)
    assert (code, lines[0]["tags"]) == (1, ["O"] * 5)
    assert "translation.jsonl:2: not-utf8" in err or "translation.jsonl:2: broken-json" in err
    huge = json.dumps(TRANSLATION[0]).encode() + b"\n" + b'{"id": "b", "tokens": ["' + b"x" * (3 << 20) + b'"]}\n'
    code, lines, _, err = project(
        translation=huge + json.dumps({"id": "a", "tokens": ["hier"], "entities": []}).encode(), links=[*LINKS, ""]
    )
    assert (code, {line["id"]: line["tags"] for line in lines}) == (1, TAGS | {"b": ["O"] * 5})
    assert "translation.jsonl:2: line-too-long" in err


@pytest.mark.parametrize("empty", ["target", "translation", "links"])
def test_empty_files(project, empty):
    code, lines, _, _ = project(**{empty: b""})
    assert (code, lines) == ((0, []) if empty == "target" else (2, None))


def test_no_translation_at_all(project):
    code, lines, _, err = project(translation=b"", links=b"")
    assert (code, lines) == (2, None)
    assert "translation.jsonl: no-translation-asked-for: 0 translations" in err


def test_windows_line_ends(project):
    crlf = {
        name: ("\r\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines) + "\r\n").encode()
        for name, lines in (("target", TARGET), ("translation", TRANSLATION), ("links", LINKS))
    }
    code, lines, _, _ = project(**crlf)
    assert (code, {line["id"]: line["tags"] for line in lines}) == (0, TAGS)


def test_settings_replace_the_method_s_own(project, tmp_path):
    settings = tmp_path / "mine.toml"
    settings.write_text("abstain = 0.999\n")
    _, lines, record, _ = project("--settings", settings, links=["", ""])
    assert lines[2]["tags"] == ["O", "O"]
    assert record[2]["entities"][0]["fate"] == "below-threshold"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abstein = 1", "unknown setting abstein"),
        ("abstain = 'x'", "Expected `float`"),
        ("spans_per_entity = 0", "spans_per_entity"),
        ("abstain = ", "not TOML"),
        ("[weights]\ncoverage = 1.0", "needs the weights"),
        ("score = 'alignment'", "go together"),
        ("family = 'magic'", "family must be"),
        ("abstain = nan", "abstain"),
    ],
)
def test_bad_settings_are_a_usage_error(project, tmp_path, text, said):
    (tmp_path / "mine.toml").write_text(text)
    code, lines, _, err = project("--settings", tmp_path / "mine.toml")
    assert (code, lines) == (2, None)
    assert "mine.toml" in err
    assert said in err


def test_files_that_cannot_be_used(project, tmp_path):
    assert project("--settings", tmp_path / "none.toml")[0] == 2
    assert project("-o", tmp_path / "no" / "folder.jsonl")[0] == 2
    assert project("-o", tmp_path / "target.jsonl")[0] == 2
    assert project("-o", tmp_path / "record.jsonl")[0] == 2
    assert project("--alignments", tmp_path / "none.txt")[0] == 2
    assert (tmp_path / "target.jsonl").read_text().startswith('{"id": "b"')
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_a_failing_run_leaves_the_old_output(project, tmp_path, monkeypatch):
    (tmp_path / "predictions.jsonl").write_text("old\n")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("boundarybench_baselines.projection.projecting.project", interrupt)
    with pytest.raises(json.JSONDecodeError):
        project()
    assert (tmp_path / "predictions.jsonl").read_text() == "old\n"
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_two_runs_give_the_same_bytes_and_import_nothing_heavy(tmp_path):
    for name, content in (("t", TARGET), ("e", TRANSLATION)):
        (tmp_path / name).write_text("".join(json.dumps(line) + "\n" for line in content))
    (tmp_path / "l").write_text("\n".join(LINKS) + "\n")
    code = (
        "import sys; from boundarybench.cli.main import main; assert main(sys.argv[1:]) == 0; "
        "heavy = {'torch', 'transformers', 'datasets', 'evaluate', 'seqeval', 'sklearn', 'scipy'}; "
        "assert not heavy & sys.modules.keys()"
    )
    outputs = []
    for seed in ("0", "1"):
        call = ["project", "--target", "t", "--translation", "e", "--alignments", "l", "-o", f"p{seed}", "--record", f"r{seed}"]
        subprocess.run([sys.executable, "-c", code, *call], cwd=tmp_path, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        outputs.append((tmp_path / f"p{seed}").read_bytes() + (tmp_path / f"r{seed}").read_bytes())
    assert outputs[0] == outputs[1]
