"""What is known of a language beside its test set: family, resources, and which models were trained on it.

The facts and their sources stand in `languages.toml`.
"""

import re
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

Model = Literal["xlm-r", "mbert", "nllb-200", "m2m100"]

#: What the encoders and translation models are called where a person reads it.
TITLES: MappingProxyType[Model, str] = MappingProxyType(
    {"xlm-r": "XLM-R, mDeBERTa", "mbert": "mBERT", "nllb-200": "NLLB-200", "m2m100": "M2M100"}
)

#: How checkpoints of these models are named. A name that fits none says nothing about the languages that it covers.
_NAMES: MappingProxyType[Model, str] = MappingProxyType(
    {
        "xlm-r": r"(?<!afro-)xlm-?r(oberta)?\b|mdeberta",
        "mbert": r"bert-base-multilingual|\bmbert\b",
        "nllb-200": r"nllb",
        "m2m100": r"m2m-?100",
    }
)


class Traits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language.

    Attributes:
        codes: what the suites call it.
        family, genus: its place in the World Atlas of Language Structures.
        resources: the class of Joshi et al. (2020), 0 (least) to 5; None where they do not list it.
        models: those whose training data have it.
    """

    codes: tuple[str, ...]
    family: str
    genus: str
    models: tuple[Model, ...]
    resources: Annotated[int, msgspec.Meta(ge=0, le=5)] | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sources: dict[str, str]
    languages: dict[str, Traits]


@cache
def _file() -> _File:
    return msgspec.toml.decode(files(__package__).joinpath("languages.toml").read_bytes(), type=_File)


def sources() -> dict[str, str]:
    """Where each kind of fact comes from."""
    return _file().sources


@cache
def _by_code() -> MappingProxyType[str, Traits]:
    return MappingProxyType({code: traits for traits in _file().languages.values() for code in traits.codes})


def traits(code: str) -> Traits:
    """The facts on a language of a suite, by the code that the suite uses; of one that is not in the file, that nothing is known."""
    return _by_code().get(code) or Traits((code,), "not known", "not known", ())


def same_language(code: str) -> tuple[str, ...]:
    """All codes that the suites use for the language with this code."""
    return traits(code).codes


def model_of(name: str | None) -> Model | None:
    """The model whose languages are known that a checkpoint's name stands for; None where none is recognised."""
    return next((model for model, pattern in _NAMES.items() if name and re.search(pattern, name, re.IGNORECASE)), None)
