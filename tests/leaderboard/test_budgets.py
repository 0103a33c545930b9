"""Equal budget or as used: a matrix of invented pairs, the committed ones, and the words."""

import json
from dataclasses import asdict, replace
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards import REPOSITORY
from boundarybench.leaderboard.families import pairs
from boundarybench.leaderboard.families.budgets import compare_budgets, in_words
from boundarybench.submission.budget import Budget, HumanWork, LabelledSentences, PretrainedModel, TargetText
from boundarybench.submission.findings import Findings

NEWS = LabelledSentences("news", "training", {"en": 14041, "fr": 9546})
DEV = LabelledSentences("dev", "weights", {"luo": 718, "swa": 942})
TEXT = TargetText("pairs", "parallel", {"luo": 5112, "swa": 3625})
MODEL = PretrainedModel("an-encoder", "web text")
HUMAN = HumanWork("translations", "originals", {"luo": 1428})
FULL = Budget((NEWS, DEV), (TEXT,), (MODEL,), (HUMAN,))


def with_part(budget: Budget, **changes: Any) -> Budget:
    return msgspec.structs.replace(budget, **changes)


#: Budgets of which no two are equal. What each lacks or has beside FULL is in its name.
INVENTED: dict[str, Budget | None] = {
    "full": FULL,
    "nothing": Budget(),
    "not stated": None,
    "no weights": with_part(FULL, labelled=(NEWS,)),
    "selection, not weights": with_part(FULL, labelled=(NEWS, msgspec.structs.replace(DEV, use="selection"))),
    "thresholds, not weights": with_part(FULL, labelled=(NEWS, msgspec.structs.replace(DEV, use="thresholds"))),
    "its own dev left out": with_part(FULL, labelled=(NEWS, msgspec.structs.replace(DEV, own_left_out=True))),
    "one sentence more": with_part(FULL, labelled=(NEWS, LabelledSentences("dev", "weights", {"luo": 718, "swa": 943}))),
    "a language more": with_part(FULL, labelled=(NEWS, LabelledSentences("dev", "weights", {"luo": 718, "swa": 942, "zul": 1}))),
    "as many of another language": with_part(FULL, labelled=(NEWS, LabelledSentences("dev", "weights", {"luo": 718, "zul": 942}))),
    "as many of other data": with_part(FULL, labelled=(msgspec.structs.replace(NEWS, data="wiki"), DEV)),
    "a number that is not known": with_part(FULL, labelled=(NEWS, LabelledSentences("dev", "weights", {"luo": 718, "swa": None}))),
    "no text": with_part(FULL, text=()),
    "monolingual text": with_part(FULL, text=(msgspec.structs.replace(TEXT, kind="monolingual"),)),
    "text of another source": with_part(FULL, text=(msgspec.structs.replace(TEXT, source="the web"),)),
    "text in one language": with_part(FULL, text=(TargetText("pairs", "parallel", {"luo": 5112}),)),
    "no model": with_part(FULL, models=()),
    "another model": with_part(FULL, models=(PretrainedModel("other", "web text"),)),
    "the model, trained on who knows what": with_part(FULL, models=(PretrainedModel("an-encoder"),)),
    "a model more": with_part(FULL, models=(MODEL, PretrainedModel("a-translator", "pairs of the web"))),
    "no human work": with_part(FULL, human=()),
    "human links": with_part(FULL, human=(msgspec.structs.replace(HUMAN, kind="links"),)),
    "more human translations": with_part(FULL, human=(HumanWork("translations", "originals", {"luo": 1429}),)),
}


@pytest.mark.parametrize(("a", "b"), product(INVENTED, repeat=2), ids=str)
def test_a_budget_is_equal_to_itself_if_it_is_known_and_to_no_other(a: str, b: str) -> None:
    found = compare_budgets(INVENTED[a], INVENTED[b])
    known = not {a, b} & {"not stated", "a number that is not known"}
    assert found.verdict == ("equal-budget" if a == b and known else "as used")
    assert (found.verdict == "as used") == bool(found.differences or found.not_stated)
    other_way = compare_budgets(INVENTED[b], INVENTED[a])
    turned = {(each.kind, each.of): replace(each, a=each.b, b=each.a) for each in other_way.differences}
    assert {(each.kind, each.of): each for each in found.differences} == turned


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("full", "equal-budget"),
        ("not stated", "as used: not stated by B"),
        ("no weights", "as used (A / B): labelled for weights luo 718, swa 942 / none"),
        (
            "selection, not weights",
            "as used (A / B): labelled for weights luo 718, swa 942 / none; labelled for selection none / luo 718, swa 942",
        ),
        ("a language more", "as used (A / B): labelled for weights luo 718, swa 942 / 1,661 (3 languages)"),
        ("as many of other data", "as used (A / B): labelled for training news: en 14,041, fr 9,546 / wiki: en 14,041, fr 9,546"),
        ("a number that is not known", "as used (A / B): labelled for weights luo 718, swa 942 / luo 718, swa ?"),
        ("no text", "as used (A / B): parallel text luo 5,112, swa 3,625 / none"),
        ("a model more", "as used (A / B): pretrained model none / a-translator, trained on pairs of the web"),
        ("another model", "as used (A / B): pretrained model an-encoder, trained on web text / other, trained on web text"),
        ("human links", "as used (A / B): human translations luo 1,428 / none; human links none / luo 1,428"),
    ],
)
def test_the_words(name: str, words: str) -> None:
    assert in_words(asdict(compare_budgets(FULL, INVENTED[name]))) == words


def test_neither_states_one() -> None:
    assert in_words(asdict(compare_budgets(None, None))) == "as used: not stated by A and B"


def test_sources_are_not_added_up() -> None:
    """The second may lie in the first."""
    both = Budget(text=(TargetText("all", "parallel", {"luo": 10}), TargetText("clean", "parallel", {"luo": 7, "swa": 5, "zul": 3})))
    assert in_words(asdict(compare_budgets(both, Budget()))) == "as used (A / B): parallel text luo 10 + 15 (3 languages) / none"


def test_hundreds_of_entries_make_no_hundreds_of_words() -> None:
    many = Budget(text=tuple(TargetText(f"text {n}", "parallel", {"luo": n}) for n in range(1, 201)))
    models = Budget(models=tuple(PretrainedModel("m" * 300 + str(n)) for n in range(200)))
    assert in_words(asdict(compare_budgets(Budget(), many))).endswith("none / luo 1 + luo 2 + luo 3 + luo 4 + 196 more")
    assert len(in_words(asdict(compare_budgets(models, Budget())))) < 1500


def test_numbers_that_are_not_known_are_summed_as_what_they_are_at_least() -> None:
    many = Budget(text=(TargetText("t", "parallel", {"luo": 10, "swa": None, "zul": 5}),))
    assert in_words(asdict(compare_budgets(Budget(), many))) == "as used (A / B): parallel text none / over 15 (3 languages)"


_AMOUNTS = st.dictionaries(st.sampled_from(["luo", "swa"]), st.integers(1, 3), max_size=2)
_LABELLED = st.lists(st.builds(LabelledSentences, st.sampled_from(["news", "wiki"]), st.just("training"), _AMOUNTS), max_size=4)


@given(_LABELLED, st.randoms(use_true_random=False))
def test_the_order_and_the_grouping_of_entries_do_not_matter(entries: list[LabelledSentences], random: Any) -> None:
    single = [LabelledSentences(each.data, each.use, {lang: count}) for each in entries for lang, count in each.sentences.items()]
    random.shuffle(single)
    assert compare_budgets(Budget(tuple(entries)), Budget(tuple(single))).verdict == "equal-budget"


def test_the_committed_pairs_are_as_used() -> None:
    """What the first board called equal: B read parallel text, and the recommended matching was fitted on labelled sentences."""
    declared = pairs.read(REPOSITORY / "submissions", Findings())
    assert len(declared) >= 5
    for pair in declared:
        found = compare_budgets(*(committed(name) for name in (pair.a, pair.b)))
        assert (found.verdict, found.not_stated) == ("as used", ())
        kinds = {each.kind: each for each in found.differences}
        assert kinds["parallel text"].a is None
        fitted = not pair.b.endswith(("heuristic", "ngrams"))
        assert ("labelled for weights" in kinds) == ("labelled for thresholds" in kinds) == fitted
        if fitted:
            assert sum(filter(None, (kinds["labelled for weights"].b or {}).values())) == 5900
        training = [each for each in found.differences if each.kind == "labelled for training"]
        assert [(each.a, each.b) for each in training] == [({"en": 6435}, {"en": 14041}), ({"fr": 5640}, {"fr": 9546})]
        human = {each.of for each in found.differences if each.kind == "human translations"}
        assert ("originals of MasakhaNER 2.0 test" in human) == ("human" in pair.b)


def committed(name: str) -> Budget:
    said = json.loads((REPOSITORY / "submissions" / name / "system.json").read_bytes())
    return msgspec.convert(said["budget"], Budget)
