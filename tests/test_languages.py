"""The facts on languages: complete, consistent, sourced; and which model a checkpoint's name stands for."""

from importlib.resources import files

import msgspec
import pytest

from boundarybench.languages import TITLES, _file, model_of, sources, traits
from boundarybench.suites.manifests import packaged

MASAKHANER2 = packaged()["masakhaner2"]
SAMPLE = packaged()["sample"]
SUITES = packaged()
XTREME = packaged()["xtreme"]


def test_every_language_of_the_suites_and_no_other() -> None:
    codes = [code for each in _file().languages.values() for code in each.codes]
    assert len(codes) == len(set(codes))
    assert set(codes) == {language.code for suite in SUITES.values() for language in suite.languages}


def test_codes_of_one_language_have_one_name() -> None:
    names = {language.code: language.name for suite in SUITES.values() for language in suite.languages}
    for each in _file().languages.values():
        assert len({names[code] for code in each.codes}) == 1
    assert traits("sw") is traits("swa")
    assert traits("yo") is traits("yor")
    assert traits("zu") is traits("zul")


def test_every_kind_of_fact_has_a_source() -> None:
    assert set(sources()) == {"family", "genus", "resources", *TITLES}
    assert all(len(text) > 40 for text in sources().values())


def test_what_is_not_known_is_left_out() -> None:
    assert [each.codes for each in _file().languages.values() if each.resources is None] == [("bbj",), ("luo",)]


def test_the_protocol_agrees_on_what_nllb_covers() -> None:
    """Protocol, section 1: the languages without an NLLB code stand outside the mean."""
    uncovered = {language.code for language in MASAKHANER2.languages if "nllb-200" not in traits(language.code).models}
    assert uncovered == {
        "bbj",
        "pcm",
    }
    assert all("nllb-200" in traits(language.code).models for suite in (XTREME, SAMPLE) for language in suite.languages)


@pytest.mark.parametrize(
    ("code", "family", "resources", "models"),
    [
        ("de", "Indo-European", 5, {"xlm-r", "mbert", "nllb-200", "m2m100"}),
        ("eu", "Basque", 4, {"xlm-r", "mbert", "nllb-200"}),  # M2M100 has neither Basque nor Telugu
        ("te", "Dravidian", 1, {"xlm-r", "mbert", "nllb-200"}),
        ("yo", "Niger-Congo", 2, {"mbert", "nllb-200", "m2m100"}),  # not in XLM-R
        ("hau", "Afro-Asiatic", 2, {"xlm-r", "nllb-200", "m2m100"}),  # not in mBERT
        ("bam", "Mande", 1, {"nllb-200"}),
        ("pcm", "creole", 0, set()),
    ],
)
def test_facts_that_are_easy_to_get_wrong(code: str, family: str, resources: int, models: set[str]) -> None:
    found = traits(code)
    assert (found.family, found.resources, set(found.models)) == (family, resources, models)


def test_numbers_of_languages_that_models_cover() -> None:
    """Counted in the sources for the 40 languages of XTREME and the 20 of MasakhaNER 2.0."""
    counts = {
        model: tuple(sum(model in traits(language.code).models for language in suite.languages) for suite in (XTREME, MASAKHANER2))
        for model in TITLES
    }
    assert counts == {"xlm-r": (39, 3), "mbert": (40, 2), "nllb-200": (40, 18), "m2m100": (38, 9)}


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("FacebookAI/xlm-roberta-large-finetuned-conll03-english", "xlm-r"),
        ("XLM-R large", "xlm-r"),
        ("xlmr-base", "xlm-r"),
        ("microsoft/mdeberta-v3-base", "xlm-r"),
        ("google-bert/bert-base-multilingual-cased", "mbert"),
        ("facebook/nllb-200-3.3B", "nllb-200"),
        ("facebook/m2m100_418M", "m2m100"),
        ("M2M-100 1.2B", "m2m100"),
        ("Davlan/afro-xlmr-large", None),  # other languages than XLM-R's
        ("bert-base-cased", None),
        ("human translations (MAFAND-MT originals)", None),
        ("", None),
        (None, None),
    ],
)
def test_the_model_behind_a_name(name: str | None, model: str | None) -> None:
    assert model_of(name) == model


def test_an_unknown_key_is_an_error() -> None:
    data = files("boundarybench").joinpath("languages.toml").read_bytes().replace(b"genus =", b"genera =", 2)
    with pytest.raises(msgspec.ValidationError, match="genera"):
        msgspec.toml.decode(data, type=type(_file()))
