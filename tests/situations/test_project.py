"""Projection from other people's files: links from 1, lost lines, numbered and scored links, blank ends, byte-order marks."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundarybench.cli.main import main
from boundarybench_baselines.alignment import pharaoh

TARGET = [
    {"id": "n1", "tokens": ["Zuri", "Okello", "anaimba"]},
    {"id": "n2", "tokens": ["nyumbani", "Kisoro"]},
    {"id": "n3", "tokens": ["Benki", "Mto"]},
]
TRANSLATION = [
    {"id": "n1", "tokens": ["Zuri", "Okello", "sings"], "entities": [{"start": 0, "end": 2, "type": "PER"}]},
    {"id": "n2", "tokens": ["Kisoro", "home"], "entities": [{"start": 0, "end": 1, "type": "LOC"}]},
    {"id": "n3", "tokens": ["Mto", "Bank"], "entities": [{"start": 0, "end": 2, "type": "ORG"}]},
]
LINKS = ["0-0 1-1 2-2", "0-1 1-0", "0-1 1-0"]
TAGS = [["B-PER", "I-PER", "O"], ["O", "B-LOC"], ["B-ORG", "I-ORG"]]


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Writes the files (lists of lines, or bytes), runs the command; gives the code, the tags or None, and standard error."""

    def run(*options: str, target: Any = TARGET, translation: Any = TRANSLATION, links: Any = LINKS) -> tuple[int, Any, str]:
        for name, content in (("t", target), ("e", translation), ("l", links)):
            if not isinstance(content, bytes):
                content = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in content).encode()
            (tmp_path / name).write_bytes(content)
        files = [f"--{option}={tmp_path / name}" for option, name in (("target", "t"), ("translation", "e"), ("alignments", "l"))]
        output = tmp_path / "out.jsonl"
        output.unlink(missing_ok=True)
        code = main(["project", *files, "-o", str(output), "--method", "greedy", *options])
        tags = [json.loads(line)["tags"] for line in output.read_text().split("\n")[:-1]] if output.exists() else None
        assert not [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"]
        return code, tags, capsys.readouterr().err

    return run


def moved(links: list[str], by: int = 1) -> list[str]:
    pairs = [[item.split("-") for item in line.split()] for line in links]
    return [" ".join(f"{int(a) + by}-{int(b) + by}" for a, b in line) for line in pairs]


def test_the_files_themselves(project: Any) -> None:
    code, tags, err = project()
    assert (code, tags) == (0, TAGS)
    assert "warning" not in err


# --- Positions from 1 -----------------------------------------------------------------------------------------------------


def test_links_from_1_are_read_so(project: Any) -> None:
    code, tags, err = project("--link-base", "1", links=moved(LINKS))
    assert (code, tags) == (0, TAGS)
    assert "warning" not in err


@pytest.mark.parametrize(
    ("links", "sides"),
    [
        (moved(LINKS), "the translation or of the target"),
        (["1-1", "1-1", "1-1"], "the translation or of the target"),
        (["1-0 2-1", "1-0", "1-1"], "the translation;"),
        (["0-1 1-2", "0-1", "0-1"], "the target;"),
    ],
)
def test_links_that_never_use_the_first_word_are_doubted(project: Any, links: list[str], sides: str) -> None:
    _, _, err = project(links=links)
    assert "no-first-word: none of" in err
    assert f"of {sides}" in err
    assert "say --link-base 1" in err


def test_a_few_links_are_not_doubted(project: Any) -> None:
    assert "no-first-word" not in project(links=["1-1", "", "1-1"])[2]


@pytest.mark.parametrize("links", [["", "", ""], ["0", "1", "2"]])
def test_a_file_without_any_link_is_doubted(project: Any, links: list[str]) -> None:
    code, tags, err = project(links=links)
    assert (code, tags) == (0, [["O"] * len(each) for each in TAGS])
    assert "no-links: none of 3 lines has a link" in err


def test_the_wrong_base_is_named(project: Any) -> None:
    code, _, err = project(links=moved(LINKS))
    assert code == 1
    assert "l:1: link-out-of-range: position 3 of a translation of 3 words, counted from 0 (see --link-base 1 and --link-order)" in err
    code, _, err = project("--link-base", "1")
    assert code == 1
    assert "l:1: bad-link: '0-0' has position 0, and positions count from 1 (--link-base 1)" in err
    code, _, err = project("--link-base", "1", links=["4-1", "", ""])
    assert "position 4 of a translation of 3 words, counted from 1 (see --link-base 0 and --link-order)" in err


def test_links_from_1_in_the_other_order(project: Any) -> None:
    turned = [" ".join("-".join(reversed(item.split("-"))) for item in line.split()) for line in moved(LINKS)]
    assert project("--link-base", "1", "--link-order", "target-translation", links=turned)[:2] == (0, TAGS)


# --- Lines that were lost -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("links", [LINKS[1:], LINKS[:2], [*LINKS, "0-0"], [*LINKS, "", "0-0"], [""], []], ids=repr)
def test_links_of_another_number_of_lines_write_nothing(project: Any, links: list[str]) -> None:
    code, tags, err = project(links=links)
    assert (code, tags) == (2, None)
    assert f"{len(links)} lines of links, 3 lines of translations" in err


def test_a_blank_first_line_that_was_lost(project: Any) -> None:
    """No links for the first pair: the line is blank, and blank lines are easily dropped."""
    good = ["", *LINKS[1:]]
    assert project(links=good)[0] == 0
    code, tags, err = project(links=good[1:])
    assert (code, tags) == (2, None)
    assert "2 lines of links, 3 lines of translations" in err


def test_a_lost_blank_line_of_the_translations(project: Any) -> None:
    kept = ["", *TRANSLATION[1:]]
    code, tags, err = project(translation=kept)
    assert (code, tags) == (1, [["O"] * 3, *TAGS[1:]])
    assert "e:1: broken-json: blank line" in err
    code, tags, err = project(translation=kept[1:])
    assert (code, tags) == (2, None)
    assert "3 lines of links, 2 lines of translations" in err


def test_a_translation_lost_at_the_end_is_no_blank_end(project: Any) -> None:
    code, tags, err = project(translation=[*TRANSLATION[:2], ""])
    assert (code, tags) == (1, [*TAGS[:2], ["O", "O"]])
    assert "e:3: broken-json: blank line" in err


def test_shifted_lines_of_the_same_number_are_suspected(project: Any) -> None:
    """The counts agree; positions that are not there give the shift away."""
    code, _, err = project(links=["0-1 1-0", "0-0 1-1 2-2", "5-0"])
    assert code == 1
    assert "2 lines have positions that are not there" in err


def test_a_blank_end_of_the_links_is_said(project: Any) -> None:
    code, tags, err = project(links=[*LINKS, "", ""])
    assert (code, tags) == (0, TAGS)
    assert "5 lines, blank after line 3, for 3 translations" in err


@pytest.mark.parametrize("ids", [["m1", "m2", "m3"], ["N1", "N2", "N3"]])
def test_translations_of_other_sentences_write_nothing(project: Any, ids: list[str]) -> None:
    others = [each | {"id": name} for each, name in zip(TRANSLATION, ids, strict=True)]
    code, tags, err = project(translation=others)
    assert (code, tags) == (2, None)
    assert "3 translations, none with the id of a target sentence" in err


# --- Numbered lines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("sign", ["\t", " ", ": ", " ||| ", "  "])
def test_numbered_lines_are_read(project: Any, first: int, sign: str) -> None:
    numbered = [f"{number}{sign}{line}" for number, line in enumerate(LINKS, first)]
    assert project(links=numbered)[:2] == (0, TAGS)


@pytest.mark.parametrize("empty", ["1\t", "1", ""])
def test_numbered_lines_without_links(project: Any, empty: str) -> None:
    code, tags, _ = project(links=[f"0\t{LINKS[0]}", empty, f"2\t{LINKS[2]}"])
    assert (code, tags) == (0, [TAGS[0], ["O", "O"], TAGS[2]])


@pytest.mark.parametrize("numbers", [(0, 2, 3), (0, 2, 1), (5, 6, 7), (2, 1, 0), (0, 0, 0), (1, 2, 4)])
def test_numbers_that_are_not_the_lines_write_nothing(project: Any, numbers: tuple[int, ...]) -> None:
    code, tags, err = project(links=[f"{number}\t{line}" for number, line in zip(numbers, LINKS, strict=True)])
    assert (code, tags) == (2, None)
    assert "link-numbers: number" in err


def test_a_line_without_its_number(project: Any) -> None:
    code, tags, err = project(links=[f"0\t{LINKS[0]}", LINKS[1], f"2\t{LINKS[2]}"])
    assert (code, tags) == (2, None)
    assert "l:2: link-numbers: no number where 1 belongs" in err


def test_numbers_and_positions_from_1(project: Any) -> None:
    numbered = [f"{number}\t{line}" for number, line in enumerate(moved(LINKS), 1)]
    assert project("--link-base", "1", links=numbered)[:2] == (0, TAGS)


# --- Probabilities --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["{}-.91-.95", "{}-0.5", "{}:0.9", "{}:1", "{}/.25", "{}-1.0-9e-05", "{}:1e-3"])
def test_links_with_probabilities_are_read_and_that_is_said(project: Any, form: str) -> None:
    code, tags, err = project(links=[" ".join(map(form.format, line.split())) for line in LINKS])
    assert (code, tags) == (0, TAGS)
    assert "3 lines have probabilities, which are not used" in err


def test_a_score_of_the_line_and_possible_links(project: Any) -> None:
    assert project(links=[f"{line} ||| -12.25" for line in LINKS])[:2] == (0, TAGS)
    code, tags, err = project(links=[line.replace("-", "p") for line in LINKS])
    assert (code, tags) == (0, TAGS)
    assert "probabilities" not in err


@pytest.mark.parametrize("item", ["0-0-1", "0-0:1.5", "0-0:-0.1", "0-0-7-.5", "0-0:", "0-0-.5:x", "0-0-a", "0,0", "(0,0)"])
def test_what_is_not_clear_is_named(project: Any, item: str) -> None:
    code, tags, err = project(links=[f"{item} 1-1", *LINKS[1:]])
    assert (code, tags[0]) == (1, ["O"] * 3)
    assert f"l:1: bad-link: '{item}' is not a link: write 0-1, or 0p1" in err


_LINKS = st.lists(st.tuples(st.integers(0, 99), st.sampled_from("-p"), st.integers(0, 99)), max_size=5)


@settings(max_examples=200)
@given(links=_LINKS, scores=st.lists(st.floats(0.0001, 0.9999), min_size=5, max_size=5), sign=st.sampled_from("-:/"))
def test_without_scores_gives_the_links_back(links: list[tuple[int, str, int]], scores: list[float], sign: str) -> None:
    plain = [f"{a}{kind}{b}" for a, kind, b in links]
    scored = " ".join(f"{item}{sign}{score!r}" for item, score in zip(plain, scores, strict=False))
    assert pharaoh.without_scores(scored) == " ".join(plain) == pharaoh.without_scores(" ".join(plain))


# --- Blank ends, byte-order marks, other kinds ----------------------------------------------------------------------------


def encoded(lines: list[Any]) -> bytes:
    return "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines).encode()


@pytest.mark.parametrize("end", [b"\n", b"\n\n", b"  \n", b"\r\n"])
def test_blank_lines_at_the_end_are_no_fault(project: Any, end: bytes) -> None:
    code, tags, err = project(target=encoded(TARGET) + end, translation=encoded(TRANSLATION) + end, links=encoded(LINKS) + end)
    assert (code, tags) == (0, TAGS)
    assert "warning" not in err


def test_a_blank_line_within_is_a_fault(project: Any) -> None:
    code, tags, err = project(target=[TARGET[0], "", *TARGET[1:]])
    assert (code, tags) == (1, TAGS)
    assert "t:2: broken-json: blank line" in err


@pytest.mark.parametrize("which", ["target", "translation", "links"])
def test_a_byte_order_mark_is_passed_over(project: Any, which: str) -> None:
    content = {"target": TARGET, "translation": TRANSLATION, "links": LINKS}[which]
    code, tags, err = project(**{which: b"\xef\xbb\xbf" + encoded(content)})
    assert (code, tags) == (0, TAGS)
    assert "warning" not in err


@pytest.mark.parametrize(
    ("which", "content", "said"),
    [
        ("target", json.dumps(TARGET).encode(), "t: not-json-lines: JSON array"),
        ("target", json.dumps(TARGET, indent=2).encode(), "t: not-json-lines: JSON array"),
        ("translation", encoded(TRANSLATION).decode().encode("utf-16"), "e: not-json-lines: UTF-16"),
        ("translation", b"Zuri B-PER\nOkello I-PER\nsings O\n", "e: not-json-lines: columns"),
        ("links", b"\x1f\x8b\x08\x00rest", "l: not-links: gzip"),
        ("links", encoded(LINKS).decode().encode("utf-16"), "l: not-links: UTF-16"),
    ],
)
def test_a_file_of_another_kind_is_named_once(project: Any, which: str, content: bytes, said: str) -> None:
    code, tags, err = project(**{which: content})
    assert (code, tags) == (1, None)
    assert said in err
    assert err.count("\n") == 1
