"""Text from strangers, made harmless: what they wrote shows as they wrote it, and does nothing else."""

import re
import unicodedata
from urllib.parse import quote

#: ASCII that means nothing to GitHub's markdown inside a line; all other ASCII but letters and digits becomes an entity.
_HARMLESS = frozenset(" ,.;()/%+='\"?-")

#: GitHub looks for mentions, references, emoji and formulas in the finished text, after entities are gone: a word joiner
#: behind the character keeps them from being found, and shows as nothing.
_JOINED = frozenset("@#:$")
_JOINER = "&#8288;"
#: What it would make a link of without any such character.
_LINKED = re.compile(r"(www|\bGH)(?=\.|-[0-9])", re.IGNORECASE)

#: Characters that Python calls printable and that show as nothing: fillers, joiners, variation selectors.
_INVISIBLE = frozenset([0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)])
_INVISIBLE_PLANE = range(0xE0000, 0xE1000)

#: More combining marks than this on one letter climb over the lines above and below. Yoruba and Vietnamese need two.
_MAX_MARKS = 3

_MAX_WORD = 60


def escape(text: str, limit: int = 120) -> str:
    """`text` for markdown, inside a line or a table cell: GitHub shows it literally, at most `limit` characters of it.

    Longer texts, and words that would stretch a table, end in an ellipsis.
    """
    shown = shorten(visible(text), limit)
    following = [*shown[1:], " "]
    return _LINKED.sub(rf"\1{_JOINER}", "".join(map(_entity, shown, following)))


def _entity(character: str, following: str) -> str:
    if not character.isascii() or character.isalnum() or character in _HARMLESS or (character == ":" and following == " "):
        return character
    return f"&#{ord(character)};" + (_JOINER if character in _JOINED and following != " " else "")


def visible(text: str) -> str:
    r"""`text` with what shows as nothing, or moves other characters, as `\u202e`."""
    shown = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me") else 0
        code = ord(character)
        hidden = not character.isprintable() or code in _INVISIBLE or code in _INVISIBLE_PLANE or marks > _MAX_MARKS
        shown.append((f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}") if hidden else character)
    return "".join(shown)


def shorten(text: str, limit: int) -> str:
    """`text`, its words and it as a whole cut where they are too long."""
    words = (word if len(word) <= _MAX_WORD else word[: _MAX_WORD - 1] + "…" for word in text.split(" "))
    cut = " ".join(words)
    return cut if len(cut) <= limit else cut[: limit - 1] + "…"


_LATEX = {character: rf"\{character}" for character in "#$%&_"} | {
    "{": r"{\textbraceleft}",  # BibTeX counts braces, escaped ones too
    "}": r"{\textbraceright}",
    "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "`": r"{\textasciigrave}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
}


def latex(text: str) -> str:
    """`text` as a value of a BibTeX field, on one line; backticks cannot end the code block that it stands in."""
    return "".join(_LATEX.get(character, character) for character in visible(text))


def address(url: str) -> str:
    """An address for BibTeX: whatever an address cannot hold is percent-encoded."""
    return quote(url, safe=":/?#&=%+,;@!*-._~", errors="replace")
