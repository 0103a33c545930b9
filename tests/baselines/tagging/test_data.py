"""Training sets: column files of any scheme, the benchmark's own sets, data sets of the hub."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from boundarybench.errors import DataError, GoldUnavailable, UsageError
from boundarybench.schemes import SCHEMES, Span, encode
from boundarybench.suites.sample import sentences
from boundarybench_baselines.tagging.data import TaggedSentence, fingerprint, read, types_of

WORDS = ["Mira", "Osak", "of", "Bukor", "Tundo", "left", "Kwe", "."]
ENTITIES = [Span(0, 2, "PER"), Span(3, 4, "LOC"), Span(4, 5, "LOC"), Span(6, 7, "MISC")]
IOB2 = encode(ENTITIES, len(WORDS), SCHEMES["IOB2"])


def written(tmp_path, text, name="set.txt"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return str(path)


@pytest.mark.parametrize("scheme", [name for name in SCHEMES if name != "IO"])
@pytest.mark.parametrize("separator", [" ", "\t"])
def test_column_files_of_every_scheme(tmp_path, scheme, separator):
    tags = encode(ENTITIES, len(WORDS), SCHEMES[scheme])
    text = "\n".join(f"{word}{separator}{tag}" for word, tag in zip(WORDS, tags, strict=True))
    found = read(written(tmp_path, f"{text}\n\n{text}\n"), "train")
    assert [(list(words), list(labels)) for words, labels in found] == [(WORDS, IOB2)] * 2


def test_conll_2003_has_four_columns_and_lines_between_documents(tmp_path):
    text = """-DOCSTART- -X- -X- O

Mira NNP B-NP I-PER
Osak NNP I-NP I-PER
left VBD B-VP O

-DOCSTART- -X- O O

Bukor NNP I-NP I-LOC
Tundo NNP I-NP B-LOC
"""
    found = read(written(tmp_path, text), "train")
    assert [(list(words), list(tags)) for words, tags in found] == [
        (["Mira", "Osak", "left"], ["B-PER", "I-PER", "O"]),
        (["Bukor", "Tundo"], ["B-LOC", "B-LOC"]),
    ]
    assert types_of(found) == ["LOC", "PER"]


def test_lines_that_end_in_carriage_returns_and_xtremes_prefix(tmp_path):
    found = read(written(tmp_path, "en:Mira\tB-PER\r\nen:left\tO\r\n\r\nen:.\tO\r\n"), "train")
    assert found == [TaggedSentence(("Mira", "left"), ["B-PER", "O"]), TaggedSentence((".",), ["O"])]


BROKEN = {
    "only labels": ("O\nB-PER\n", "holds only labels"),
    "nothing": ("", "no-sentences"),
    "no entity": ("a O\nb O\n\nc O\n", "no entity in 2 sentences"),
    "a line without a tag": ("a O\nb\n", r":2: bad-columns"),
    "a tag that is empty": ("a O\nb \n", r":2: bad-columns"),
    "a type without prefix": ("a O\nb PER\n", r":2: unknown-tag: 'PER'"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_with_a_file_is_named(tmp_path, case):
    text, message = BROKEN[case]
    with pytest.raises(DataError, match=message):
        read(written(tmp_path, text), "train")


def test_bad_tags_are_listed_with_their_lines(tmp_path):
    with pytest.raises(DataError) as caught:
        read(written(tmp_path, "-DOCSTART- O\n\na O\nb PER\n\n\nc B-PER\nd b-per\n"), "train")
    assert [re.search(r":(\d+): unknown-tag: '(.*)';", line).groups() for line in str(caught.value).split("\n")] == [
        ("4", "PER"),
        ("8", "b-per"),
    ]


def test_a_long_list_of_bad_tags_is_cut_and_the_rest_is_counted(tmp_path):
    with pytest.raises(DataError) as caught:
        read(written(tmp_path, "a PER\n" * 50), "train")
    lines = str(caught.value).split("\n")
    assert (len(lines), lines[-1]) == (21, "and 30 more")


def test_bytes_that_are_not_utf8_and_a_file_that_is_not_there(tmp_path):
    (tmp_path / "latin").write_bytes("é B-PER\n".encode("latin-1"))
    with pytest.raises(DataError, match="not-utf-8"):
        read(str(tmp_path / "latin"), "train")
    with pytest.raises(UsageError, match="no such file"):
        read(str(tmp_path / "none"), "train")


def test_a_set_of_the_benchmark():
    found = read("sample/en", "train")
    assert [(tuple(words), tuple(tags)) for words, tags in found] == [(s.tokens, tuple(s.tags())) for s in sentences("en", "train")]


@pytest.mark.parametrize(("name", "split"), [("sample/xx", "train"), ("sample/en", "dev"), ("sample/", "train"), ("sample", "train")])
def test_a_set_that_the_benchmark_does_not_have(name, split):
    with pytest.raises((UsageError, GoldUnavailable)):
        read(name, split)


def test_a_file_goes_before_a_suite_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("sample").mkdir()
    written(tmp_path, "Mira B-PER\n", "sample/en")
    assert read("sample/en", "train") == [TaggedSentence(("Mira",), ["B-PER"])]


def test_fingerprints_tell_words_tags_and_borders_apart():
    one = [TaggedSentence(["a", "b"], ["B-PER", "O"])]
    others = [
        [TaggedSentence(["a", "c"], ["B-PER", "O"])],
        [TaggedSentence(["a", "b"], ["O", "B-PER"])],
        [TaggedSentence(["a"], ["B-PER"]), TaggedSentence(["b"], ["O"])],
        [],
    ]
    assert len({fingerprint(each) for each in [one, *others]}) == 5
    assert fingerprint(one) == fingerprint([TaggedSentence(("a", "b"), ("B-PER", "O"))])


_HUB = """
import sys
from boundarybench_baselines.tagging.data import read
from boundarybench.errors import BoundaryBenchError
for name in sys.argv[1:]:
    for split in ("train", "dev"):
        try:
            print(name, split, [(list(words), list(tags)) for words, tags in read(name, split)])
        except BoundaryBenchError as error:
            print(name, split, type(error).__name__, str(error).split("\\n"))
"""


def test_data_sets_of_the_hub(tmp_path):
    """Through `datasets` itself, from a hub on the loopback."""
    pytest.importorskip("datasets")
    sys.path.insert(0, str(Path(__file__).parents[2] / "gold"))
    from hub_server import Hub, card, parquet

    labels = ["O", "I-PER", "B-PER", "S-LOC", "PER"]
    good = [(["Mira", "Osak", "left"], ["B-PER", "I-PER", "O"]), (["Bukor"], ["S-LOC"])]
    files = {
        "good": parquet(good, labels),
        "missing": parquet([(["Mira", "left"], ["B-PER", None])], labels),
        "unequal": parquet([(["Mira"], ["B-PER"]), (["Mira"], ["B-PER", "O"])], labels),
        "odd": parquet([(["Mira"], ["PER"])], labels),
        "bare": parquet([(["Mira"], ["B-PER"])], None),
    }
    repository = {"README.md": card({name: ["train"] for name in files})}
    repository |= {f"{name}/train-00000-of-00001.parquet": content for name, content in files.items()}
    with Hub({"us/sets@main": repository}) as hub:
        environment = os.environ | {"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path), "HTTP_PROXY": hub.url}
        names = [f"hub:us/sets#{name}" for name in files]
        ran = subprocess.run(
            [sys.executable, "-c", _HUB, *names],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
    told = dict(zip([(name, split) for name in files for split in ("train", "dev")], ran.stdout.splitlines(), strict=True))
    assert told["good", "train"].endswith(str([(good[0][0], good[0][1]), (["Bukor"], ["B-LOC"])]))
    assert "UsageError ['hub:us/sets#good: the hub gave no dev split" in told["good", "dev"]
    assert "DataError ['hub:us/sets#missing: a label is missing" in told["missing", "train"]
    assert "DataError ['hub:us/sets#unequal: 1 tokens and 2 tags in sentence 1 of train']" in told["unequal", "train"]
    assert "unknown-tag: 'PER' in sentence 0 of train" in told["odd", "train"]
    assert "hub:us/sets#bare: expected columns `tokens` and `ner_tags` (class labels)" in told["bare", "train"]
