"""Word-by-word translation from a lexicon."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.errors import DataError, UsageError
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.translation.gloss import Lexicon, read, translate

WORDS = st.lists(st.sampled_from(["kala", "Kala", "KALA", "mto", "Tundu", "na", "ẹ̀", "."]), max_size=12)
ENTRIES = st.dictionaries(
    st.lists(st.sampled_from(["kala", "mto", "tundu", "na"]), min_size=1, max_size=3).map(tuple),
    st.lists(st.sampled_from(["see", "river", "and", "of"]), min_size=1, max_size=3).map(tuple),
    min_size=1,
)


def lexicon(entries):
    return Lexicon(entries, max(map(len, entries)))


def file(tmp_path, text):
    path = tmp_path / "lexicon.tsv"
    path.write_bytes(text.encode())
    return path


def test_reading(tmp_path):
    text = "Kala\tsaw\nmto  mkubwa\tbig river\t0.5\r\n\nmto mkubwa\triver\t0.7\nmto mkubwa\tstream\t0.7\n" + "e\u0301\tnot\n"
    assert read(file(tmp_path, text)) == Lexicon({("kala",): ("saw",), ("mto", "mkubwa"): ("river",), ("é",): ("not",)}, 2)


def test_all_lines_that_are_no_entries_are_named(tmp_path):
    text = "kala\tsaw\nkala\n\tsaw\nkala\t \nkala\tsaw\tmuch\nkala\tsaw\tnan\nkala\tsaw\tinf\na\tb\t1\tc\n"
    with pytest.raises(DataError) as caught:
        read(file(tmp_path, text))
    lines = str(caught.value).split("\n")
    assert [line.rpartition(": bad-entry")[0].rpartition(":")[2] for line in lines] == ["2", "3", "4", "5", "6", "7", "8"]
    assert "1 columns" in lines[0]
    assert "empty phrase" in lines[1]
    assert "'much' is not a number" in lines[3]
    assert "not finite" in lines[4]


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_lexicon_without_entries(tmp_path, text):
    with pytest.raises(DataError, match="no-entries"):
        read(file(tmp_path, text))


def test_a_file_that_is_not_there_or_not_utf8(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        read(tmp_path / "none.tsv")
    (tmp_path / "latin").write_bytes("é\te\n".encode("latin-1"))
    with pytest.raises(DataError, match="not-utf-8"):
        read(tmp_path / "latin")


def test_the_longest_phrase_is_taken_and_unknown_words_stay():
    known = lexicon({("mto",): ("river",), ("mto", "mkubwa"): ("big", "river"), ("mkubwa", "sana"): ("huge",)})
    found = translate(["Amanu", "mto", "mkubwa", "sana", "mto"], known)
    assert found.words == ("Amanu", "big", "river", "sana", "river")
    assert found.links == {Link(*link) for link in [(0, 0), (1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (4, 4)]}


def test_casing():
    known = lexicon({("mto",): ("big", "river"), ("i",): ("and",), ("nchi",): ("McAra",), ("a", "mto"): ("lake",)})
    assert translate(["MTO"], known).words == ("BIG", "RIVER")
    assert translate(["Mto"], known).words == ("Big", "River")
    assert translate(["mto"], known).words == ("big", "river")
    assert translate(["I"], known).words == ("And",)  # one capital letter is a word's beginning
    assert translate(["nchi"], known).words == ("McAra",)
    assert translate(["A", "mto"], known).words == ("Lake",)


def test_words_are_compared_in_normal_form_c():
    assert translate([unicodedata.normalize("NFD", "Gbọ́")], lexicon({(unicodedata.normalize("NFC", "gbọ́"),): ("heard",)})).words == (
        "Heard",
    )


@given(WORDS, ENTRIES)
def test_every_word_on_both_sides_is_linked(words, entries):
    found = translate(words, lexicon(entries))
    assert {link.target for link in found.links} == set(range(len(words)))
    assert {link.source for link in found.links} == set(range(len(found.words)))


@given(WORDS, ENTRIES)
def test_links_never_cross_and_say_what_was_replaced_by_what(words, entries):
    found = translate(words, lexicon(entries))
    for word in range(len(words)):
        sources = sorted(link.source for link in found.links if link.target == word)
        targets = sorted({link.target for link in found.links if link.source == sources[0]})
        english = tuple(found.words[source] for source in sources)
        phrase = tuple(words[target].lower() for target in targets)
        if phrase in entries:
            assert tuple(each.lower() for each in english) == entries[phrase]
        else:
            assert english == (words[word],)
    assert sorted(found.links) == sorted(found.links, key=lambda link: (link.target, link.source)) or any(len(each) > 1 for each in entries)
