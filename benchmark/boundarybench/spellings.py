"""Tags that are spelt another way than `B-TYPE`: what is wrong with each, and how to mend its file."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from .schemes import SCHEMES
from .spans import OUTSIDE

_PREFIX = "[BIESLUMW]"
_SEPARATOR = r"[-_:/.|–]"
_TYPE = re.compile(r"[^\s\x00-\x1f\x7f]{1,64}")
_UNTYPED = re.compile(rf"({_PREFIX})-?", re.IGNORECASE)
_PREFIXED = re.compile(rf"({_PREFIX})({_SEPARATOR})(.+)", re.IGNORECASE)
_SUFFIXED = re.compile(rf"(.+)({_SEPARATOR})({_PREFIX})", re.IGNORECASE)
_CLASS_ID = re.compile(r"\d+|LABEL_\d+")
#: What is written for `O` by mistake, or by other conventions.
NO_ENTITY = ("o", "0", "_", "-", "*", "")
#: What reads as a tag rather than as a type alone: `B-PER`, `i_per`, `PER-B`, `E-PER`; `E-mail` may well be a type.
_RATHER_TAG = re.compile(rf"[BbIi]({_SEPARATOR}.*)?|{_PREFIX}-[A-Z]{{2,}}.*|.+{_SEPARATOR}[BbIi]")


class Misspelling(NamedTuple):
    """What is wrong with a tag, how to mend it, and the arguments of a `sed` that does so in a file with a tag at each line's end."""

    problem: str
    fix: str
    sed: str | None = None

    def advice(self, *, last: bool = True) -> str:
        """The fix for a file whose tags stand `last` on their lines, or several a line."""
        return f"{self.fix}: sed -E '{self.sed}' FILE" if last and self.sed else self.fix


class Use(NamedTuple):
    """How often a tag stands in a file, and where first: any line number or sentence."""

    times: int
    first: int | None


def uses(tags: Iterable[tuple[str, int | None]]) -> dict[str, Use]:
    """Every distinct tag among (tag, place), in the order of their first places."""
    found: dict[str, Use] = {}
    for tag, place in tags:
        before = found.get(tag, Use(0, place))
        found[tag] = Use(before.times + 1, before.first)
    return found


def is_bare_type(tag: str) -> bool:
    """Whether `tag` reads as a type alone, as IO files have it: `PER`, `geo-loc`; not `PER-B`, `B`, `E-PER`, `o`."""
    return bool(_TYPE.fullmatch(tag)) and tag != OUTSIDE and tag not in NO_ENTITY and not _RATHER_TAG.fullmatch(tag)


def explain(tag: str, option: str | None) -> Misspelling:
    """What is wrong with a tag that is none of its scheme.

    Args:
        tag: neither `O` nor a well-formed tag of the file's scheme.
        option: the option that names another scheme, where there is one.
    """
    if tag in NO_ENTITY:
        return Misspelling("no entity is the capital letter `O`", "write `O`", rf"s/(^|[[:space:]]){_quote(tag)}$/\1O/")
    if _CLASS_ID.fullmatch(tag):
        return Misspelling("a class number", "write the names that the numbers stand for (`id2label` in the model's config.json)")
    if found := _UNTYPED.fullmatch(tag):
        prefix = found[1].upper()
        change = rf"s/(^|[[:space:]]){tag}$/\1{prefix}-TYPE/"
        return Misspelling("a prefix without a type", f"write the type, as in {prefix}-PER; where all are of one TYPE", change)
    if found := _PREFIXED.fullmatch(tag):
        return _prefixed(found[1], found[2], found[3], option)
    if found := _SUFFIXED.fullmatch(tag):
        kind, separator, prefix = found[1], found[2], found[3].upper()
        change = rf"s/([^[:space:]]+){_quote(separator)}{_letters(found[3])}$/{_replacement(found[3], 2)}-\1/"
        return Misspelling("the prefix stands behind the type", f"write {prefix}-{kind}", change)
    if not _TYPE.fullmatch(tag):
        return _unprintable()
    other = f"; where all tags are bare types, {option} IO reads them" if option else ""
    return Misspelling("no prefix", f"write `B-{tag}` and `I-{tag}`{other}")


def _prefixed(prefix: str, separator: str, kind: str, option: str | None) -> Misspelling:
    if not _TYPE.fullmatch(kind):
        return _unprintable()
    if separator != "-" or prefix.islower():
        change = rf"s/(^|[[:space:]]){_letters(prefix)}{_quote(separator)}([^[:space:]]+)$/\1{_replacement(prefix, 2)}-\3/"
        return Misspelling("another spelling of a prefix", f"write {prefix.upper()}-{kind}", change)
    names = [name for name, scheme in SCHEMES.items() if prefix in scheme.prefixes]
    other = f"name the file's scheme: {option} {' or '.join(names)}" if option else "write `B-TYPE` and `I-TYPE`"
    return Misspelling(f"{prefix}- belongs to {', '.join(names)}", other)


def _unprintable() -> Misspelling:
    return Misspelling("a type has 1 to 64 printable characters and no blank", "write `O`, `B-TYPE` or `I-TYPE`")


def _letters(prefix: str) -> str:
    """What `sed` finds: a capital prefix stands for all of them, a small one for itself, since `sed` cannot raise it."""
    return f"({_PREFIX if prefix.isupper() else prefix})"


def _replacement(prefix: str, group: int) -> str:
    return rf"\{group}" if prefix.isupper() else prefix.upper()


def _quote(text: str) -> str:
    return re.sub(r"([.|*/])", r"\\\1", text)
