"""The pages: nothing inline, nothing from elsewhere, no stranger's markup, no stranger's sentences, links that lead somewhere."""

import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hostile import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from boards import make_board, make_entry, make_system
from boundarybench.errors import DataError
from boundarybench.gold.load import load
from boundarybench.leaderboard import store
from boundarybench.leaderboard.collect import collect
from boundarybench.leaderboard.families.families_report import for_readers
from boundarybench.leaderboard.published import published
from boundarybench.leaderboard.store import Board
from boundarybench.site import build, pages
from boundarybench.site.survey import Survey, survey
from boundarybench.suites.manifests import packaged

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]

EMPTY = Survey({}, {}, {})
REPOSITORY = Path(__file__).resolve().parents[2]


class Page(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._script = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._script else data

    def addresses(self) -> list[str]:
        return [value for _, attributes in self.tags for name in ("href", "src") if (value := attributes.get(name))]


def check_harmless(found: dict[str, bytes]) -> None:
    for path, data in found.items():
        page = Page(data)
        policies = [attributes["content"] for _, attributes in page.tags if attributes.get("http-equiv") == "Content-Security-Policy"]
        assert len(policies) == 1, path
        assert policies[0].startswith("default-src 'none'; ")
        assert "unsafe" not in policies[0]
        for tag, attributes in page.tags:
            assert tag not in ("style", "img", "iframe", "object", "embed", "form", "base"), path
            assert not any(name == "style" or name.startswith("on") for name in attributes), path
            assert tag != "script" or "src" in attributes or attributes["type"] == "application/json", path
        for address in page.addresses():
            assert address == "data:," or not re.match(r"[a-z]+:|//|/|\\", address, re.IGNORECASE), (path, address)


def all_files(found: dict[str, bytes]) -> set[str]:
    return found.keys() | build.assets().keys()


class TestEveryPage:
    def test_nothing_inline_and_nothing_from_elsewhere(self, rendered: dict[str, bytes]) -> None:
        check_harmless(rendered)

    def test_links_lead_to_files(self, rendered: dict[str, bytes]) -> None:
        files = all_files(rendered)
        for path, data in rendered.items():
            for address in Page(data).addresses():
                if not address.startswith(("#", "data:")):
                    assert posixpath.normpath(posixpath.join(posixpath.dirname(path), address)) in files, (path, address)

    def test_pages_of_systems_and_languages(self, rendered: dict[str, bytes]) -> None:
        assert {"index.html", "sample.html", "system/loud.html", "system/part.html", "language/sample-ar.html"} <= rendered.keys()
        assert rendered["index.html"] == rendered["sample.html"]

    def test_the_same_bytes_every_time(self, submissions: Path, rendered: dict[str, bytes]) -> None:
        board = collect(submissions, None)
        assert pages.render(board, survey(submissions, board), published(), for_readers(board)) == rendered

    def test_ids_are_unique(self, rendered: dict[str, bytes]) -> None:
        for path, data in rendered.items():
            ids = [attributes["id"] for _, attributes in Page(data).tags if "id" in attributes]
            assert len(ids) == len(set(ids)), path


class TestStrangers:
    def test_their_words_are_shown_as_they_wrote_them(self, rendered: dict[str, bytes]) -> None:
        page = Page(rendered["system/hostile.html"])
        assert HOSTILE in page.text
        assert "49" not in page.text.split("Means")[0]
        assert not any(tag == "img" for tag, _ in page.tags)

    def test_in_every_field_of_a_board_made_by_hand(self) -> None:
        facets = dict.fromkeys(("encoder", "translation_model", "aligner", "projection_on"), HOSTILE) | {"parallel_data": (HOSTILE,)}
        system = make_system(description=HOSTILE, authors=(HOSTILE,), family=HOSTILE, selection=HOSTILE, url=HOSTILE, facets=facets)
        found = pages.render(make_board(make_entry("a-name", suites=(XTREME, MASAKHANER2), system=system)), EMPTY, published())
        check_harmless(found)
        assert b"<script>alert" not in b"".join(found.values())

    @pytest.mark.parametrize("name", ["../evil", "a/b", "", "A", "-", "a\n", ".hidden", "a" * 65])
    def test_a_name_that_no_submission_can_have_makes_no_file(self, name: str) -> None:
        with pytest.raises(DataError):
            pages.render(make_board(make_entry(name)), EMPTY, ())

    @given(st.text())
    @settings(max_examples=50)
    def test_data_never_ends_its_block(self, text: str) -> None:
        block = str(pages.script_json([text]))
        assert block.isascii()
        assert not set("<>&") & set(block)

    def test_hidden_characters_are_seen(self) -> None:
        found = pages.render(make_board(make_entry("a-name", system=make_system(description="left \u202e right"))), EMPTY, ())
        assert "left \\u202e right" in Page(found["system/a-name.html"]).text


class TestContent:
    def test_examples_stand_on_the_pages_of_the_sample_suite(self, rendered: dict[str, bytes]) -> None:
        assert b'class="example"' in rendered["system/loud.html"]
        assert b'class="example"' in rendered["language/sample-de.html"]
        assert b'class="example"' not in rendered["index.html"]

    def test_right_to_left_and_unspaced_scripts(self, rendered: dict[str, bytes]) -> None:
        assert b'<dd dir="rtl" lang="ar">' in rendered["language/sample-ar.html"]
        line = re.search(rb'<dd dir="ltr" lang="zh">(.*?)</dd>', rendered["language/sample-zh.html"])
        assert line
        assert b"> <" not in line[1]

    def test_gold_and_prediction_are_the_same_words(self, rendered: dict[str, bytes]) -> None:
        blocks = re.findall(r"<dl><dt>gold</dt>(<dd.*?</dd>)<dt>predicted</dt>(<dd.*?</dd>)</dl>", rendered["system/loud.html"].decode())
        assert len(blocks) > 20
        for sides in blocks:
            gold, predicted = (re.sub(r"<small.*?</small>|<[^>]*>", "", side) for side in sides)
            assert gold == predicted

    @pytest.mark.slow
    def test_no_third_partys_sentences(self, data: Path, tmp_path: Path) -> None:
        root = REPOSITORY / "submissions"
        board = store.read(REPOSITORY / "results")
        found = pages.render(board, survey(root, board), published())
        everything = b"".join(found.values()).decode()
        assert "scratch-projection-human" in everything
        for lang in {row.lang for entry in board.entries.values() for row in entry.rows if row.suite == MASAKHANER2.name}:
            gold = load(MASAKHANER2.name, lang)
            tokens = gold.token_list()
            assert tokens
            for begin in range(0, len(tokens) - 4, 97):
                assert " ".join(tokens[begin : begin + 4]) not in everything
            assert b'class="example"' not in found[f"language/masakhaner2-{lang}.html"]

    def test_the_families_tables(self, board: Board) -> None:
        assert b"families-title" not in pages.render(board, EMPTY, ())["index.html"]
        families = {"intro": HOSTILE, "tables": [{"caption": HOSTILE, "headers": ["pair", HOSTILE], "rows": [[HOSTILE, 0.125]]}]}
        found = pages.render(board, EMPTY, (), families)
        check_harmless(found)
        assert b"families-title" in found["index.html"]
        assert "12.5" in Page(found["index.html"]).text

    def test_a_suite_without_gold_says_so(self, board: Board) -> None:
        found = pages.render(board, Survey({}, {}, {"sample": "why"}), ())
        assert "was not at hand" in Page(found["index.html"]).text
        assert "was not at hand" in Page(found["system/loud.html"]).text

    def test_an_empty_board(self) -> None:
        found = pages.render(make_board(), EMPTY, published())
        check_harmless(found)
        assert list(found) == ["index.html"]

    def test_published_figures_stand_apart(self) -> None:
        text = Page(pages.render(make_board(make_entry("a-name")), EMPTY, published())["masakhaner2.html"]).text
        assert "not scored here and not ranked" in text
        assert "Shkalikov 2024" in text.split("Published figures")[1]
