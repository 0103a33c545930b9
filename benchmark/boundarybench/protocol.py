"""The boundary-precision protocol, version 1, as data: suites, languages, types, limits, rank figure, signature.

Nothing here computes a score. A change to a value in this module is a new protocol version, because two figures with the
same signature must stay comparable (`docs/protocol.md`).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

VERSION = 1

#: The scored entity types, in the order in which a signature names them.
TYPES = ("PER", "ORG", "LOC")

#: Prediction shares of gold below which missing predictions count as wrong; the rank figure is the one at 0.5.
FLOORS = MappingProxyType({"bp25": 0.25, "bp50": 0.5, "bp75": 0.75, "bp100": 1.0})
RANK_FIGURE = "bp50"

REPLICATES = 1000
SEED = 0

# Limits for files that come from strangers (protocol, section 3).
MAX_LINE_BYTES = 1 << 20
MAX_FILE_BYTES = 64 << 20
MAX_SUBMISSION_BYTES = 512 << 20
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Language:
    """One language of a suite.

    `headline`: counts in the suite's mean. `character_tokens`: a token is (close to) one character, so lengths and
    offsets in tokens are not comparable with other languages. `tiny`: the test set has 100 sentences.
    """

    code: str
    name: str
    script: str
    headline: bool = True
    character_tokens: bool = False
    tiny: bool = False


@dataclass(frozen=True, slots=True)
class Suite:
    """A set of test sets that share a source, a tag set and a mean.

    `types` are all entity types of the gold; a prediction may use each of them, and only `TYPES` are scored.
    """

    name: str
    title: str
    types: tuple[str, ...]
    languages: tuple[Language, ...]

    def language(self, code: str) -> Language | None:
        """The language with this code, or None."""
        return next((language for language in self.languages if language.code == code), None)

    @property
    def headline(self) -> tuple[str, ...]:
        """Codes of the languages that the suite's mean is taken over."""
        return tuple(language.code for language in self.languages if language.headline)


def _languages(table: str, *, shown: Iterable[str] = (), characters: Iterable[str] = (), tiny: Iterable[str] = ()) -> tuple[Language, ...]:
    shown, characters, tiny = set(shown), set(characters), set(tiny)
    rows = (line.split() for line in table.strip().splitlines())
    return tuple(
        Language(code, " ".join(name), script, code not in shown, code in characters, code in tiny) for code, script, *name in rows
    )


XTREME = Suite(
    "xtreme",
    "XTREME PAN-X (WikiANN)",
    TYPES,
    _languages(
        """
        af Latn Afrikaans
        ar Arab Arabic
        bg Cyrl Bulgarian
        bn Beng Bengali
        de Latn German
        el Grek Greek
        en Latn English
        es Latn Spanish
        et Latn Estonian
        eu Latn Basque
        fa Arab Persian
        fi Latn Finnish
        fr Latn French
        he Hebr Hebrew
        hi Deva Hindi
        hu Latn Hungarian
        id Latn Indonesian
        it Latn Italian
        ja Jpan Japanese
        jv Latn Javanese
        ka Geor Georgian
        kk Cyrl Kazakh
        ko Hang Korean
        ml Mlym Malayalam
        mr Deva Marathi
        ms Latn Malay
        my Mymr Burmese
        nl Latn Dutch
        pt Latn Portuguese
        ru Cyrl Russian
        sw Latn Swahili
        ta Taml Tamil
        te Telu Telugu
        th Thai Thai
        tl Latn Tagalog
        tr Latn Turkish
        ur Arab Urdu
        vi Latn Vietnamese
        yo Latn Yoruba
        zh Hans Chinese
        """,
        shown={"en"},
        characters={"ja", "th", "zh"},
        tiny={"jv", "my", "yo"},
    ),
)

MASAKHANER2 = Suite(
    "masakhaner2",
    "MasakhaNER 2.0",
    (*TYPES, "DATE"),
    _languages(
        """
        bam Latn Bambara
        bbj Latn Ghomala
        ewe Latn Ewe
        fon Latn Fon
        hau Latn Hausa
        ibo Latn Igbo
        kin Latn Kinyarwanda
        lug Latn Luganda
        luo Latn Luo
        mos Latn Mossi
        nya Latn Chichewa
        pcm Latn Naija
        sna Latn Shona
        swa Latn Swahili
        tsn Latn Setswana
        twi Latn Twi
        wol Latn Wolof
        xho Latn isiXhosa
        yor Latn Yoruba
        zul Latn isiZulu
        """,
        # NLLB-200 has no code for these two, so that annotation projection cannot run on them.
        shown={"bbj", "pcm"},
    ),
)

SAMPLE = Suite(
    "sample",
    "The parallel sample suite of this project",
    TYPES,
    _languages(
        """
        am Ethi Amharic
        ar Arab Arabic
        de Latn German
        en Latn English
        ha Latn Hausa
        hi Deva Hindi
        sw Latn Swahili
        tr Latn Turkish
        yo Latn Yoruba
        zh Hans Chinese
        zu Latn isiZulu
        """,
        shown={"en"},
    ),
)

SUITES = MappingProxyType({suite.name: suite for suite in (XTREME, MASAKHANER2, SAMPLE)})
SPLITS = ("train", "dev", "test")

#: Headline languages whose labelled test set is in nobody's reach yet. Until it is pinned, the suite's ranked mean leaves
#: them out and says so in its name (`xtreme-38`); they are scored when present and shown apart.
UNPINNED = MappingProxyType({"xtreme": frozenset({"th"})})


def ranked(suite: Suite) -> tuple[str, ...]:
    """Codes of the languages that the ranked mean of `suite` is taken over."""
    return tuple(code for code in suite.headline if code not in UNPINNED.get(suite.name, ()))


def mean_name(suite: Suite) -> str:
    """The name of the ranked mean: the suite's, with the number of languages where some are unpinned."""
    return f"{suite.name}-{len(ranked(suite))}" if UNPINNED.get(suite.name) else suite.name


def sentence_id(lang: str, index: int) -> str:
    """The id of a sentence: positional, because both suites hold duplicate sentences with conflicting labels."""
    return f"{lang}-{index:05d}"


def sentence_ids(lang: str, count: int) -> list[str]:
    """The ids of the first `count` sentences."""
    prefix = f"{lang}-"
    return [prefix + number for number in _numbers(count)]


@cache
def _numbers(count: int) -> list[str]:
    """Formatting 280,000 numbers for 57 languages costs a twentieth of a run; most languages need the same 10,000."""
    return [f"{index:05d}" for index in range(count)]


def gold_hash(fingerprints: Iterable[str]) -> str:
    """Eight hex digits over a set of structure fingerprints, in any order."""
    return hashlib.sha256("\n".join(sorted(fingerprints)).encode()).hexdigest()[:8]


def signature(
    suite: str,
    fingerprints: Iterable[str],
    langs: str,
    types: tuple[str, ...] | None,
    ids: str = "",
    *,
    figure: str = RANK_FIGURE,
    replicates: int = REPLICATES,
    test: str = "",
) -> str:
    """The line that pins a figure down, in the manner of sacreBLEU (protocol, section 7).

    `langs` is a number of languages for a mean and a code for one language; `types` is None when all types count; `ids` is
    a hash of the sentence ids where only a part of a test set was scored. `test` names the test of a difference of two systems.
    """
    fields = {
        "suite": suite,
        "gold": gold_hash(fingerprints),
        "langs": langs,
        "types": "+".join(types) if types else "all",
        "decode": "begin",
        "mean": "lang",
        "boot": f"{replicates}/{SEED}",
        **({"test": test} if test else {}),
        **({"ids": ids} if ids else {}),
        "v": str(VERSION),
    }
    return "|".join([figure, *(f"{name}:{value}" for name, value in fields.items())])
