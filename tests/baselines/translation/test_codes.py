"""Language codes: the published table, every headline pair, and what a model does not know."""

import re

import pytest

from boundarybench.errors import UsageError
from boundarybench.suites.manifests import packaged
from boundarybench_baselines.translation import codes

MASAKHANER2 = packaged()["masakhaner2"]
SAMPLE = packaged()["sample"]
XTREME = packaged()["xtreme"]

#: Where NLLB's three letters are not those of the suite (projection.md, 1.4).
ODD = {"ar": "arb_Arab", "fa": "pes_Arab", "ms": "zsm_Latn", "sw": "swh_Latn", "et": "est_Latn", "zh": "zho_Hans", "tl": "tgl_Latn"}
SCRIPTS = {
    "Arab",
    "Beng",
    "Cyrl",
    "Deva",
    "Ethi",
    "Geor",
    "Grek",
    "Hans",
    "Hebr",
    "Jpan",
    "Hang",
    "Latn",
    "Mlym",
    "Mymr",
    "Taml",
    "Telu",
    "Thai",
}


def headline(suite):
    return [language for language in suite.languages if language.headline]


def test_all_headline_pairs_have_a_code():
    found = [codes.nllb(language.code) for suite in (XTREME, MASAKHANER2) for language in headline(suite)]
    assert len(found) == 57
    assert all(code and re.fullmatch(r"[a-z]{3}_[A-Z][a-z]{3}", code) and code[4:] in SCRIPTS for code in found)
    assert len(set(found)) == 55  # Swahili and Yoruba stand in both suites


def test_the_languages_of_the_sample_have_a_code():
    assert all(codes.nllb(language.code) for language in SAMPLE.languages)


def test_the_odd_ones():
    assert {lang: codes.nllb(lang) for lang in ODD} == ODD
    assert codes.nllb("swa") == "swh_Latn"
    assert all(codes.nllb(language.code) == f"{language.code}_Latn" for language in headline(MASAKHANER2) if language.code != "swa")


@pytest.mark.parametrize("lang", ["bbj", "pcm"])
def test_ghomala_and_naija_have_none(lang):
    assert lang in {language.code for language in MASAKHANER2.languages}
    assert (codes.nllb(lang), codes.iso(lang)) == (None, None)
    with pytest.raises(UsageError, match=f"masakhaner2/{lang}: the translation model does not know this language"):
        codes.of_model({"eng_Latn", "swh_Latn"}, "masakhaner2", lang)


def test_two_letters():
    assert [codes.iso(lang) for lang in ("sw", "zh", "xx")] == ["sw", "zh", None]
    assert [codes.iso(lang) for lang in ("swa", "yor", "luo", "mos", "fon")] == ["sw", "yo", None, None, None]


def test_codes_as_a_model_knows_them():
    assert codes.of_model({"eng_Latn", "swh_Latn"}, "masakhaner2", "swa") == ("swh_Latn", "eng_Latn")
    assert codes.of_model({"en", "sw"}, "masakhaner2", "swa") == ("sw", "en")
    assert codes.of_model((), "masakhaner2", "luo") == (None, None)


@pytest.mark.parametrize(("known", "lang"), [({"en", "sw"}, "luo"), ({"eng_Latn"}, "swa"), ({"sw"}, "swa")])
def test_a_model_without_the_language_is_refused(known, lang):
    with pytest.raises(UsageError, match="does not know this language"):
        codes.of_model(known, "masakhaner2", lang)


def test_every_language_of_the_package_but_two_has_a_code():
    without = {language.code for suite in packaged().values() for language in suite.languages if codes.nllb(language.code) is None}
    assert without == {"bbj", "pcm"}
