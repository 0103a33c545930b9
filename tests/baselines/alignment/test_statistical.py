"""eflomal: links fall on the right words of the right sentences, whatever the words are made of."""

import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from boundarybench.errors import UsageError
from boundarybench_baselines.alignment.error_rate import compare
from boundarybench_baselines.alignment.links import Link, WordPair
from boundarybench_baselines.alignment.pharaoh import Alignment
from boundarybench_baselines.alignment.statistical import Directions, align
from boundarybench_baselines.alignment.symmetrise import symmetrise

pytest.importorskip("eflomal")

NOTHING = Directions(frozenset(), frozenset())
PLAIN = [f"word{number}" for number in range(30)]
#: Each would be split, joined or lost by some way of writing a sentence to a line.
HOSTILE = ["", " ", "a b", "\t", "\n", "\r\n", "a\u2028b", "\u0085", "\xa0", "\u200d", "\x1c", "\x00", "|||", "0", "<NULL>", "\ud800"]


def translated(vocabulary: list[str], sentences: int) -> tuple[list[WordPair], list[Alignment]]:
    """Sentences of distinct words and their translations word by word, the halves exchanged; and the true links."""
    stream = random.Random(0)
    pairs: list[WordPair] = []
    gold = []
    for _ in range(sentences):
        words = stream.sample(vocabulary, stream.randint(4, 8))
        order = [*range(len(words) // 2, len(words)), *range(len(words) // 2)]
        pairs.append((words, [words[place] + "'" if words[place] in PLAIN else words[place] for place in order]))
        links = frozenset(Link(source, target) for target, source in enumerate(order))
        gold.append(Alignment(links, links))
    return pairs, gold


def error_rate(found: list[Directions], gold: list[Alignment]) -> float:
    return compare([symmetrise(*each, "intersection") for each in found], gold).error_rate


@pytest.mark.parametrize("vocabulary", [PLAIN, PLAIN[:10] + HOSTILE], ids=["plain", "hostile"])
def test_words_find_their_translations(vocabulary: list[str]) -> None:
    pairs, gold = translated(vocabulary, 300)
    found = align(pairs)
    assert error_rate(found, gold) < 0.1
    for forward, reverse in found:
        assert len({link.target for link in forward}) == len(forward)
        assert len({link.source for link in reverse}) == len(reverse)


def test_empty_sides_have_no_links_and_shift_none() -> None:
    pairs, gold = translated(PLAIN, 200)
    for place in (0, 7, 199):
        pairs[place] = ([], pairs[place][1]) if place else ([], [])
        gold[place] = Alignment(frozenset(), frozenset())
    found = align(pairs)
    assert [found[place] for place in (0, 7, 199)] == [NOTHING] * 3
    assert error_rate(found, gold) < 0.1


def test_a_sentence_too_long_for_eflomal_has_no_links_and_shifts_none() -> None:
    pairs, gold = translated(PLAIN, 200)
    pairs[3], gold[3] = (["long"] * 1024, ["lang"]), Alignment(frozenset(), frozenset())
    found = align(pairs)
    assert found[3] == NOTHING
    assert error_rate(found, gold) < 0.1


def test_parallel_text_teaches_what_the_sentences_at_hand_cannot() -> None:
    pairs, gold = translated(PLAIN, 300)
    found = align(pairs[:3], [([], ["x"]), *pairs[3:]])
    assert len(found) == 3
    assert error_rate(found, gold[:3]) < 0.1
    assert error_rate(align(pairs[:3]), gold[:3]) > 0.1


@pytest.mark.parametrize("pairs", [[], [((), ())], [((), ("a",)), (("a",), ())]])
def test_nothing_to_align_needs_no_training(monkeypatch: pytest.MonkeyPatch, pairs: list[WordPair]) -> None:
    monkeypatch.setitem(sys.modules, "eflomal", None)
    assert align(pairs, [(("a",), ("b",))]) == [NOTHING] * len(pairs)


def test_no_temporary_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    align([(["a"], ["b"])])
    assert list(tmp_path.iterdir()) == []


def test_without_eflomal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "eflomal", None)
    with pytest.raises(UsageError, match=r"pip install 'boundarybench\[eflomal\]' \(eflomal is GPL-3\)"):
        align([(["a"], ["b"])])


def test_a_program_that_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(-9, command)

    monkeypatch.setattr(subprocess, "run", killed)
    with pytest.raises(UsageError, match="eflomal ended with exit status -9"):
        align([(["a"], ["b"])])


@pytest.mark.parametrize("written", ["", "0-0", "0-0\n", "0-0\n0-0"])
def test_a_file_that_breaks_off_is_no_sentence_without_links(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    def on_a_full_disk(command: list[str], **_: object) -> None:
        for option in ("-f", "-r"):
            Path(command[command.index(option) + 1]).write_text(written)

    monkeypatch.setattr(subprocess, "run", on_a_full_disk)
    with pytest.raises(UsageError, match=r"links for [01] of 2 sentence pairs: is .* full\?"):
        align([(["a"], ["b"]), (["a"], ["b"])])
