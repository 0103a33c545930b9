"""Hostile text: what reaches the page shows as it was written and does nothing."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards import make_board, make_entry, make_system
from boundarybench.leaderboard.escape import address, escape, latex, shorten, visible
from boundarybench.leaderboard.markdown import render
from boundarybench.leaderboard.store import Model

HOSTILE = [
    "a | b || c |",
    "\\| a \\",
    "[text](https://example.org)",
    "[text][ref] and [ref]: https://example.org",
    "![image](https://example.org/a.png)",
    "<img src=x onerror=alert(1)>",
    "</details><script>alert(1)</script><!-- ",
    "&lt;b&gt; &#64;someone &amp;",
    "@someone and @an-org/a-team",
    "mail someone@example.org",
    "fixes #1, owner/repo#2, GH-3",
    "https://example.org www.example.org WWW.example.org ftp://example.org mailto:a@example.org",
    "`code` ``` ~~~ ~~gone~~ *em* **strong** _em_ __strong__",
    "# heading",
    "- item",
    "> quote",
    "1. one",
    "--- | ---",
    ":smile: :tada: a:b",
    "$x$ $$y$$ \\(z\\) {{ template }}",
    "ligh\u202egnorw\u202c \u2066a\u2069 \u200ea\u200f \u061ca",
    "zero\u200bwidth\u200d\u2060\ufeff\u00ad fill\u3164er \u2800 \U000e0041 e\ufe0f",
    "\x1b[31mred\x1b[0m \x07\x00\x7f\x9b",
    "a\nb\r\nc\td\u2028e\u2029f\u0085g\vh",
    "Z" + "\u0300\u0301\u0302" * 30,
    "x" * 10_000,
    "very long " * 1_000,
    "\ud800",
    "=SUM(A1)  +cmd",
    "",
]

#: A page may hold of these only what it puts there itself.
STRUCTURE = re.compile(r"[<>\[\]|@`*_\\!~{}^$]")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_hostile_text_means_anything_to_markdown(text: str) -> None:
    check_harmless(text)


@given(st.text())
def test_no_text_at_all_means_anything_to_markdown(text: str) -> None:
    check_harmless(text)


def check_harmless(text: str) -> None:
    escaped = escape(text)
    assert not STRUCTURE.search(escaped)
    assert not re.search(r"(?<!&)#|#(?!\d+;)", escaped)
    assert all(character.isprintable() for character in escaped)
    shown = html.unescape(escaped)
    # What GitHub looks for in the finished text.
    assert not re.search(r"[@#][\w-]|://|www\.|\bGH-\d|:\w+:|\$\w|\S@\w", shown, re.IGNORECASE)
    assert len(shown.replace("\u2060", "")) <= 120


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=35))
def test_a_reader_sees_what_was_written(text: str) -> None:
    assert html.unescape(escape(text)).replace("\u2060", "") == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("xlm-roberta-large (CoNLL-2003, 80%)", "xlm-roberta-large (CoNLL-2003, 80%)"),
        ("Ọláwálé, Владимир; 李四", "Ọláwálé, Владимир; 李四"),
        ("on dev: tau", "on dev: tau"),
        ("a|b", "a&#124;b"),
        ("@a", "&#64;&#8288;a"),
        ("a\u202eb", "a&#92;u202eb"),
        ("y" * 61, "y" * 59 + "…"),
        ("ab " * 50, "ab " * 39 + "ab…"),
    ],
)
def test_plain_text_stays_readable(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_letters_with_more_marks_than_any_language_needs_are_tamed() -> None:
    assert visible("ọ̀ a\u0300\u0301\u0302") == "ọ̀ a\u0300\u0301\u0302"
    assert visible("a" + "\u0300" * 5) == "a" + "\u0300" * 3 + "\\u0300" * 2


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_github_s_own_renderer_shows_the_text_and_nothing_else(text: str) -> None:
    cmarkgfm = pytest.importorskip("cmarkgfm")  # no dependency: the checks above hold without it
    page = f"| a | b |\n|---|---|\n| {escape(text)} | x |\n"
    rendered = cmarkgfm.github_flavored_markdown_to_html(page)
    first, second = re.findall(r"<td>(.*?)</td>", rendered)
    assert "<" not in first
    assert second == "x"
    assert html.unescape(first).replace("\u2060", "") == shorten(visible(text), 120).strip()


def cells(line: str) -> list[str]:
    return line.strip("|").split("|")


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_a_hostile_submission_leaves_the_page_in_shape(text: str) -> None:
    """Every string of a system.json at once, and the name, though the schema refuses most of this long before."""
    hostile = make_system(
        description=text,
        authors=(text, text),
        family=text,
        models=(Model(text, text, text),),
        selection=text,
        url=f"https://example.org/{text}",
        facets=dict.fromkeys(("encoder", "translation_model", "aligner", "projection_on"), text)
        | dict.fromkeys(("source_languages", "source_data", "parallel_data"), (text, text)),
    )
    tame = render(make_board(make_entry("a", 0.5, system=make_system(url="https://example.org/")), make_entry("b", 0.4)), ())
    wild = render(make_board(make_entry("a", 0.5, system=hostile), make_entry("b", 0.4, system=hostile)), ())
    assert shape(wild) == shape(tame)
    named = render(make_board(make_entry(text[:30], 0.5, system=hostile), make_entry("b", 0.4)), ())
    assert sorted(shape(named)) == sorted(shape(tame))  # the name moves the system's lines


def shape(page: str) -> list[str]:
    """What every line of the page is, and how many cells it has; BibTeX aside, no character means more than it should."""
    found = []
    fenced = False
    depth = 0
    for line in page.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
            found.append(line)
        elif fenced:
            assert "`" not in line
            depth += line.count("{") - line.count("}")
            if not line.startswith("  url"):
                found.append(line[:6])
        elif line.startswith("|"):
            found.append(f"row of {len(cells(line))}")
            for cell in cells(line):
                theirs = re.sub(r"^\[([^\[\]]*)\]\(submissions/[\w.%~-]*\)|BP@\d+|\(`\w+`\)", r"\1", cell.strip())
                assert not re.search(r"[<>\[\]@!`]", theirs), cell
        elif line.startswith("- ["):
            assert not re.search(r"[<>@!`]", line)
            found.append("item")
        else:
            found.append(line)
    assert not fenced
    assert depth == 0
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{", r"{\textbraceleft}"),
        ("a \\ b", r"a {\textbackslash} b"),
        ("100 % & $5 #1 _", r"100 \% \& \$5 \#1 \_"),
        ("```", r"{\textasciigrave}{\textasciigrave}{\textasciigrave}"),
        ("a\u202eb\n", r"a{\textbackslash}u202eb{\textbackslash}u000a"),
    ],
)
def test_bibtex_values(text: str, value: str) -> None:
    assert latex(text) == value


def test_an_address_keeps_its_shape_and_nothing_else() -> None:
    assert address("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"
    assert address("https://example.org/}`\\\n") == "https://example.org/%7D%60%5C%0A"
