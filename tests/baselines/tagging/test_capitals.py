"""The capitals rule, by hand and on any text; and as a stage, which goes on where it was killed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.schemes import Span, decode
from boundarybench_baselines import stages
from boundarybench_baselines.stages import Shards
from boundarybench_baselines.tagging import capitals

TEXT = [
    ["Rais", "Uhuru", "Kenyatta", "alifika", "Nairobi", "."],
    ["Leo", "rais", "alisema", ":", "ndiyo", "."],
    ["LEO", "HABARI", "ZA", "Kenya", "za", "leo"],
]


def spans(sentences, type_="PER"):
    stage = capitals.stage(sentences, type_)
    return [[(start, end) for start, end, _ in decode(record["tags"])] for record in stage.compute(stage.load(), sentences)]


def test_by_hand():
    assert spans(TEXT) == [
        [(1, 3), (4, 5)],  # Rais stands elsewhere as rais
        [],  # a sentence's first word is a word like others
        [(1, 2), (3, 4)],  # words in capitals are too
    ]


def test_it_gives_one_type():
    stage = capitals.stage(TEXT, "ety")
    assert decode(stage.compute(stage.load(), TEXT[:1])[0]["tags"]) == [Span(1, 3, "ety"), Span(4, 5, "ety")]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Nairobi", True),
        ("eNingizimu", True),
        ("'Nairobi", True),
        ("3D", True),
        ("ǅuro", True),  # title case
        ("É", True),
        ("nairobi", False),
        ("2026", False),
        (".", False),
        ("", False),
        ("القاهرة", False),
        ("北京", False),
        ("თბილისი", False),  # its capitals are a style of whole lines
        ("Ⅳ", False),  # a number, not a letter
    ],
)
def test_what_is_capitalised(word, expected):
    assert capitals.is_capitalised(word) is expected


@pytest.mark.parametrize(
    ("small", "large"),
    [("o\u0300dun", "\u00d2dun"), ("\u00f2dun", "O\u0300dun"), ("strasse", "STRAẞE"), ("\u03c3\u03b1\u03c2", "\u03a3\u0391\u03a3")],
)
def test_lower_case_is_seen_however_it_is_spelt(small, large):
    assert spans([[large], [small]]) == [[], []]
    assert spans([[large], ["other"]]) == [[(0, 1)], []]


def test_a_word_with_a_capital_inside_is_not_in_lower_case():
    assert spans([["Iphone"], ["iPhone"]]) == [[(0, 1)], [(0, 1)]]


def test_scripts_without_case_have_none():
    assert spans([["北", "京", "是"], ["زار", "القاهرة", "."], ["दिल्ली", "में"], []]) == [[], [], [], []]


def test_hostile_text():
    marks = "\u0301\u0323" * 50_000
    assert spans([["A" + marks], ["\x00", "\u200d", "\U0010ffff", "A\u0301" * 3, "\u0345"]]) == [[(0, 1)], [(3, 4)]]


SENTENCES = st.lists(st.lists(st.text("aAbBßẞÉé\u0301İiıǆǅ京.1", max_size=3), max_size=6), max_size=8)


@given(SENTENCES, st.randoms())
def test_the_order_of_sentences_changes_nothing(sentences, random):
    order = list(range(len(sentences)))
    random.shuffle(order)
    found, moved = spans(sentences), spans([sentences[place] for place in order])
    assert moved == [found[place] for place in order]


@given(SENTENCES)
def test_spans_are_the_longest_runs(sentences):
    small = capitals.in_lower_case(sentences)
    for words, found in zip(sentences, spans(sentences), strict=True):
        among = {place for start, end in found for place in range(start, end)}
        assert among == {place for place, is_name in enumerate(capitals.names(words, small)) if is_name}
        assert all(end < start for (_, end), (start, _) in pairwise(found))  # no two touch


def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "SHARD", 2)
    ids = ["sw-00000", "sw-00001", "sw-00002"]

    def run(root, dies=False):
        def watch(_):
            if dies:
                raise KeyboardInterrupt

        records = Shards(root).of(capitals.stage(TEXT, "PER"), "own.sw", ids, TEXT, watch)
        return records, {path.relative_to(root): path.read_bytes() for path in root.rglob("*.jsonl")}

    whole = run(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "killed", dies=True)
    assert len(list((tmp_path / "killed").rglob("*.jsonl"))) == 1
    assert run(tmp_path / "killed") == whole


def test_another_sentence_anywhere_is_another_stage(tmp_path):
    """What was computed of a sentence holds only beside the same words in lower case."""
    before, after = capitals.stage(TEXT, "PER"), capitals.stage([*TEXT, ["nairobi"]], "PER")
    assert before.folder(tmp_path) != after.folder(tmp_path)
    assert before.folder(tmp_path) == capitals.stage(TEXT[::-1], "PER").folder(tmp_path)
    assert before.folder(tmp_path) != capitals.stage(TEXT, "LOC").folder(tmp_path)
