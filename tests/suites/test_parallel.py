"""UNER PUD and Europarl: the same sentences in every language, in the same order, with the parts that their ids say."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from boundarybench.cli.table import render
from boundarybench.gold.load import load
from boundarybench.gold.model import Gold
from boundarybench.gold.sources import Key, decode
from boundarybench.report import Result, as_json, evaluate
from boundarybench.selection import Selection
from boundarybench.spans import encode
from boundarybench.submission.prediction import Prediction
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pins

PUD = packaged()["uner-pud"]
EUROPARL = packaged()["europarl"]

#: Numbers of entities in the `.stats` files of the repositories. That of English is of an older state of its file.
STATS = {
    "de": {"PER": 418, "ORG": 192, "LOC": 429},
    "pt": {"PER": 413, "ORG": 198, "LOC": 488},
    "ru": {"PER": 414, "ORG": 276, "LOC": 346},
    "sv": {"PER": 425, "ORG": 162, "LOC": 442},
    "zh": {"PER": 473, "ORG": 154, "LOC": 512},
}

#: A file of UNER's kind, of our own words.
FILE = """\
# newdoc id = n00001
# sent_id = n00001-0001
# text = Ana's sister flew to Oslo.
1-2\tAna's\t_\t-\t-
1\tAna\tB-PER\t-\ta
2\t's\tO\t-\t-
3\tsister\tO\t-\t-
4\t-\tO\t-\t-
4.1\tflew\t_\t-\t-
5\tOslo\tB-LOC\t-\ta

# sent_id = n00001-0002
# text = # Oslo
1\t#\tO\t-\t-
2\tOslo\tB-LOC\t-\ta

# newdoc id = w00001
# sent_id = w00001-0001
# text = Lake Ovre
1\tLake\tB-LOC\t-\ta
2\tOvre\tI-LOC\t-\ta
"""


def score(gold: Gold, every: int = 1) -> Result:
    """The result of a prediction of every so-manieth span of the gold."""
    spans = gold.spans.keep(np.arange(len(gold.spans)) % every == 0)
    predicted = Prediction(encode(spans, gold.token_count), gold.spans.types, np.ones(gold.sentences, bool))
    return evaluate(gold, predicted, Selection())


def test_comments_dashes_and_multiword_lines_are_read() -> None:
    gold = decode(FILE.encode(), "sv.iob2", PUD, Key("uner-pud", "sv", "test"))
    assert gold.token_list() == ["Ana", "'s", "sister", "-", "Oslo", "#", "Oslo", "Lake", "Ovre"]
    assert gold.entities() == {"PER": 1, "ORG": 0, "LOC": 3}
    assert gold.names() == ["n00001-0001", "n00001-0002", "w00001-0001"]
    assert gold.documents is not None
    assert gold.documents.tolist() == [0, 0, 1]
    assert {name: mask.tolist() for name, mask in gold.groups["domains"].items()} == {
        "news": [True, True, False],
        "Wikipedia": [False, False, True],
    }


def test_pins_say_what_there_is() -> None:
    for name, pin in pins(PUD).items():
        assert pin.sentences == 1000, name
        assert pin.parts == ({} if name == "zh/test" else {"news": 500, "Wikipedia": 500}), name
        assert pin.documents == (34 if name == "zh/test" else 397), name
    assert {name: pin.sentences for name, pin in pins(EUROPARL).items()} == dict.fromkeys(("de/test", "en/test", "es/test", "it/test"), 799)


@pytest.mark.parametrize("suite", [PUD, EUROPARL], ids=lambda suite: suite.name)
def test_every_parallel_language_has_as_many_sentences_as_the_one_that_it_translates(suite) -> None:  # type: ignore[no-untyped-def]
    assert suite.parallel == "en"
    assert not suite.language("en").headline
    parallel = [language.code for language in suite.languages if language.parallel]
    assert len({pins(suite)[f"{lang}/test"].sentences for lang in parallel}) == 1
    assert set(suite.codes) - set(parallel) <= {"zh"}


@pytest.mark.usefixtures("data")
def test_the_same_sentence_has_the_same_index_in_every_parallel_language() -> None:
    golds = {language.code: load("uner-pud", language.code) for language in PUD.languages if language.parallel}
    assert set(golds) == {"de", "en", "pt", "ru", "sv"}
    names = golds["en"].names() or []
    assert len(set(names)) == 1000
    assert Counter(name[0] for name in names) == {"n": 500, "w": 500}
    for lang, gold in golds.items():
        assert gold.names() == names, lang
        assert gold.documents is not None
        assert golds["en"].documents is not None
        assert gold.documents.tolist() == golds["en"].documents.tolist(), lang


def test_numbers_of_entities_are_those_of_the_repositories(data: Path) -> None:
    for language in PUD.languages:
        gold = load("uner-pud", language.code)
        lines = (data / "uner-pud" / f"{language.code}.iob2").read_text(encoding="utf-8").split("\n")
        begun = Counter(line.split("\t")[2][2:] for line in lines if line and line[0] != "#" and line.split("\t")[2].startswith("B-"))
        assert gold.entities() == dict(begun) == STATS.get(language.code, dict(begun)), language.code


@pytest.mark.usefixtures("data")
def test_the_mean_of_a_part_is_over_the_languages_that_have_it() -> None:
    results = [score(load("uner-pud", lang), every) for lang, every in (("de", 1), ("sv", 2), ("zh", 3), ("en", 1))]
    report = as_json(results)
    by_lang = {row["lang"]: row for row in report["results"]}
    assert by_lang["zh"]["by_domain"] is None
    mean = report["means"]["uner-pud"]
    for part in ("news", "Wikipedia"):
        recalls = [by_lang[lang]["by_domain"][part]["boundary"]["recall"] for lang in ("de", "sv")]
        assert mean["by_domain"][part]["boundary"]["recall"] == pytest.approx(sum(recalls) / 2)
        assert mean["nulls"][f"by_domain.{part}.boundary.recall"] == 1
    assert sum(by_lang["de"]["by_domain"][part]["gold"] for part in ("news", "Wikipedia")) == by_lang["de"]["gold"]
    text = render(report)
    assert "domain: news " in text
    assert "domains not known, not in the figures of one: zh" in text
    assert "not in the mean: en" in text


@pytest.mark.usefixtures("data")
def test_europarls_misc_is_read_and_not_scored() -> None:
    gold = load("europarl", "de")
    assert gold.entities()["MISC"] == 191
    result = score(gold)
    assert "|types:PER+ORG+LOC|" in result.signature
    assert result.as_json()["gold"] == sum(gold.entities()[name] for name in ("PER", "ORG", "LOC"))
    assert "MISC" not in result.score.by_type
