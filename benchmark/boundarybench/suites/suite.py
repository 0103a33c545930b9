"""`Suite`: what a manifest says, as typed values. The fields are explained one by one in `docs/suites.md`."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from ..protocol import TYPES

SPLITS = ("train", "dev", "test")

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
_Split = Literal["train", "dev", "test"]


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One language of a suite.

    Attributes:
        headline: it counts in the suite's mean.
        character_tokens: a token is (close to) one character, so lengths and offsets in tokens are not comparable with others.
        tiny: the test set has 100 sentences.
        parts: its sentences have the ids that the suite's parts are told by.
        parallel: its sentences stand in the order of the suite's other languages.
    """

    code: str
    name: _Text
    script: Annotated[str, msgspec.Meta(pattern=r"^([A-Z][a-z]{3})?$")] = ""
    headline: bool = True
    character_tokens: bool = False
    tiny: bool = False
    parts: bool = True
    parallel: bool = True


class Hub(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A data set of the Hugging Face hub: arguments of `datasets.load_dataset`, in which `{lang}` stands for the language."""

    path: _Text
    name: _Text | None = None
    revision: _Text | None = None
    data_dir: _Text | None = None


class Git(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Files of a public repository at a fixed commit.

    Attributes:
        url: where a file is had, over https (from this machine http will do), with `{revision}`, `{lang}`, `{name}` (the language's)
            and `{split}`.
        revision: the commit; of each language where they are in several repositories.
    """

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://")]
    revision: _Text | dict[str, _Text]

    def address(self, language: Language, split: str) -> str:
        """The address of a set's file."""
        revision = self.revision if isinstance(self.revision, str) else self.revision[language.code]
        return self.url.format(revision=revision, lang=language.code, name=language.name, split=split)


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where gold can be had.

    Attributes:
        embedded: a path below the suite's folder, with `{lang}` and `{split}`.
        mirror: a path below `$BOUNDARYBENCH_DATA`, likewise.
    """

    embedded: _Text | None = None
    mirror: _Text | None = None
    git: Git | None = None
    hub: Hub | None = None


class GoldFormat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the column files of `embedded`, `mirror` and `git` are read; what is left out is found (docs/gold.md).

    Attributes:
        token_column, tag_column: counted from 1; -1 is the last.
        scheme: the tag scheme.
    """

    token_column: int | None = None
    tag_column: int | None = None
    scheme: Literal["IOB1", "IOB2", "IOE1", "IOE2", "BIOES", "BILOU", "BMES", "BMEWO", "IO"] = "IOB2"


class Sentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the sentences of a test file follow each other.

    Attributes:
        order: `documents` where the file marks them (`# newdoc`), `running` where neighbours come from one document and nothing
            marks its end, `shuffled`.
        block: how many consecutive sentences are drawn together where documents are not known (`gold/units.py`).
    """

    order: Literal["documents", "running", "shuffled"] = "running"
    block: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An older copy of a suite's test sets, which can be scored by name and never ranks.

    `lacks`: codes of the suite's languages that it does not have.
    """

    title: _Text
    source: Source
    lacks: tuple[str, ...] = ()


class Suite(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A set of test sets that share a source, a tag set and a mean.

    Attributes:
        name: the folder's.
        packaged: it comes with the package; else it is a user's own and never ranks.
        domains: what its text is.
        origin: the address of the people who made it.
        short: its title where there is little room.
        note: what a reader of its table must know (Markdown).
        types: all entity types of the gold; predictions may use each of them. None where any will do.
        scored: those that count unless somebody chooses others.
        order: the place of the suite in reports and signatures.
        board: the place of its table on the board.
        overall: its mean is part of "overall".
        ranked: complete systems get ranks in its table.
        examples: its licence lets sentences be shown.
        splits: those that it has.
        parts: by name, how the ids (`# sent_id`) of a part's sentences begin.
        groups: a path below the suite's folder to what is known of each sentence (`suites/sample`).
        parallel: the language that the sentences of all others translate, in the same order.
        versions: older copies.
    """

    name: str
    packaged: bool
    schema: Literal[1]
    title: _Text
    domains: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
    licence: _Text
    languages: tuple[Language, ...]
    origin: str = ""
    citation: str = ""
    short: str = ""
    note: str = ""
    types: tuple[str, ...] | None = None
    scored: tuple[str, ...] = TYPES
    order: int = 1000
    board: int = 1000
    overall: bool = False
    ranked: bool = True
    examples: bool = False
    splits: tuple[_Split, ...] = ("test",)
    source: Source = Source()
    read: GoldFormat = GoldFormat()
    sentences: Sentences = Sentences()
    parts: dict[str, _Text] = {}
    groups: _Text | None = None
    parallel: str | None = None
    versions: dict[str, Version] = {}

    def language(self, code: str) -> Language | None:
        """The language with this code, or None."""
        return next((language for language in self.languages if language.code == code), None)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of all languages."""
        return tuple(language.code for language in self.languages)

    @property
    def headline(self) -> tuple[str, ...]:
        """Codes of the languages that the suite's mean is taken over."""
        return tuple(language.code for language in self.languages if language.headline)

    def source_of(self, version: str) -> Source:
        """Where the gold of a version is had; "" is today's."""
        return self.versions[version].source if version else self.source


Suites = Mapping[str, Suite]
