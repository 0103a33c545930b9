"""Stored links: what is kept comes back; what is damaged or does not belong to the sentences is refused."""

import gzip

import pytest

from boundarybench.errors import DataError, UsageError
from boundarybench_baselines.alignment import stored_links
from boundarybench_baselines.alignment.aligner import AlignerSettings, direct, links_of
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.alignment.statistical import Directions

FOUND = [Directions(frozenset({Link(0, 1), Link(2, 0)}), frozenset({Link(0, 1), Link(1, 1)})), Directions(frozenset(), frozenset())]
PAIRS = [(["a", "b", "c"], ["x", "y"]), ([], ["z"]), (["d"], ["z"])]


def test_links_are_stored_and_checked(tmp_path):
    stored_links.store(tmp_path / "some", FOUND)
    stored_links.store(tmp_path / "other", FOUND[1:])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert stored_links.load(tmp_path / "some") == FOUND
    assert stored_links.load(tmp_path / "other") == FOUND[1:]
    stored_links.store(tmp_path / "some", FOUND)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    sums = (tmp_path / "SHA256SUMS").read_text()
    (tmp_path / "SHA256SUMS").write_text(sums.replace(sums[-80:-60], "0" * 20))
    with pytest.raises(DataError, match="links-differ"):
        stored_links.load(tmp_path / "some")


def test_files_that_are_none(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        stored_links.load(tmp_path / "none")
    stored_links.store(tmp_path / "some", FOUND)
    path = tmp_path / "some.forward.gz"
    for damage in (b"", path.read_bytes()[:-9], b"text", gzip.compress(b"0-0\n")):
        path.write_bytes(damage)
        with pytest.raises(DataError):
            stored_links.load(tmp_path / "some")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("intersection", {Link(0, 1)}),
        ("union", {Link(0, 1), Link(2, 0), Link(1, 1)}),
        ("forward", {Link(0, 1), Link(2, 0)}),
        ("reverse", {Link(0, 1), Link(1, 1)}),
    ],
)
def test_links_go_to_the_sentences_that_have_a_translation(tmp_path, choice, expected):
    stored_links.store(tmp_path / "sample-de", FOUND)
    settings = AlignerSettings("file", path=f"{tmp_path}/{{suite}}-{{lang}}", symmetrise=choice, about="by hand")
    records = direct(settings, "sample", "de", PAIRS, [True, False, True])
    assert [links_of(record) for record in records] == [expected, frozenset(), frozenset()]
    first = direct(settings, "sample", "de", PAIRS[:1], [True])  # of a set, maybe only the first sentences are run
    assert first == records[:1]


def test_links_of_other_sentences_are_refused(tmp_path):
    stored_links.store(tmp_path / "set", FOUND)
    settings = AlignerSettings("file", path=f"{tmp_path}/set", about="by hand")
    with pytest.raises(DataError, match="links of 2 sentences for 3 translations"):
        direct(settings, "sample", "de", PAIRS, [True, True, True])
    with pytest.raises(DataError, match="a link to a word that is not there"):
        direct(settings, "sample", "de", [(["a"], ["x"])], [True])


@pytest.mark.parametrize("told", [{"path": "p"}, {}, {"path": "p", "about": "x", "model": "m"}])
def test_settings_that_do_not_go_together(told):
    with pytest.raises(ValueError, match=r"`path`|`about`|`model`"):
        AlignerSettings("file", **told)
