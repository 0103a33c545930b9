"""The published word splitter, its quotes undone, and full stops inside a text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("nltk")
from boundarybench_baselines.translation.treebank import split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Mira said: "No."', ["Mira", "said", ":", '"', "No", ".", '"']),
        ('"Yes," he said.', ['"', "Yes", ",", '"', "he", "said", "."]),
        ("Kenya's envoy didn't go.", ["Kenya", "'s", "envoy", "did", "n't", "go", "."]),
        ("", []),
        ("   ", []),
    ],
)
def test_words(text, words):
    assert split(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He left Tundo. Mira stayed.", ["He", "left", "Tundo", ".", "Mira", "stayed", "."]),
        ('He left Tundo. "Mira stayed."', ["He", "left", "Tundo", ".", '"', "Mira", "stayed", ".", '"']),
        ("In 1990. Élan came.", ["In", "1990", ".", "Élan", "came", "."]),
        ("Dr. Mira and Gen. Tundo met.", ["Dr.", "Mira", "and", "Gen.", "Tundo", "met", "."]),
        ("(Mr. Tundo left. He ran.)", ["(", "Mr.", "Tundo", "left", ".", "He", "ran", ".", ")"]),
        ("The U.S. Army and J. Tundo met.", ["The", "U.S.", "Army", "and", "J.", "Tundo", "met", "."]),
        ("It cost 3.5 dollars. 4 came.", ["It", "cost", "3.5", "dollars.", "4", "came", "."]),
        ("Tundo Jr. Day and Mira Inc. Group met.", ["Tundo", "Jr.", "Day", "and", "Mira", "Inc.", "Group", "met", "."]),
        ("Tundo vs. Mira began.", ["Tundo", "vs.", "Mira", "began", "."]),
    ],
)
def test_a_full_stop_inside_stands_alone_unless_it_belongs_to_an_abbreviation(text, words):
    assert split(text) == words


@given(
    st.lists(st.sampled_from(['"', "“", "a", "Bo", ".", ". ", " ", "``", "''", "Mr.", "(", "?", "\u200b", "é"]), max_size=20).map("".join)
)
def test_nothing_is_lost_but_spaces_and_no_treebank_quote_is_left(text):
    words = split(text)
    assert all(word.strip() == word and word for word in words)
    assert not {"``", "''"} & set(words)
    plain = str.maketrans({"`": '"', "'": '"', "“": '"', "”": '"'})
    squeezed = [re.sub(r'"+', '"', re.sub(r"\s", "", each.translate(plain))) for each in ("".join(words), text)]
    assert squeezed[0] == squeezed[1]
