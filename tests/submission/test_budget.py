"""Budgets: what the schema admits is what the types take, and several make one."""

import json

import msgspec
import pytest
from corpus import SYSTEM
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.submission.budget import Budget, HumanWork, LabelledSentences, PretrainedModel, TargetText, together

NOTHING = Budget()
_AMOUNTS = st.dictionaries(st.sampled_from(["en", "swa", "luo"]), st.none() | st.integers(1, 9), max_size=3)
_DATA = st.sampled_from(["news", "wiki"])
BUDGETS = st.builds(
    Budget,
    st.lists(st.builds(LabelledSentences, _DATA, st.sampled_from(["training", "weights"]), _AMOUNTS, st.booleans()), max_size=3).map(tuple),
    st.lists(st.builds(TargetText, _DATA, st.sampled_from(["monolingual", "parallel"]), _AMOUNTS), max_size=3).map(tuple),
    st.lists(st.builds(PretrainedModel, _DATA, st.none() | _DATA), max_size=3).map(tuple),
    st.lists(st.builds(HumanWork, st.sampled_from(["links", "mentions"]), _DATA, _AMOUNTS), max_size=3).map(tuple),
)


def test_what_a_system_states_comes_back_as_it_was() -> None:
    assert json.loads(msgspec.json.encode(msgspec.convert(SYSTEM["budget"], Budget))) == SYSTEM["budget"]


def test_the_same_data_for_the_same_use_counts_once() -> None:
    dev = LabelledSentences("dev", "weights", {"swa": 5})
    one = Budget((dev,), models=(PretrainedModel("m"),))
    other = Budget(
        (LabelledSentences("dev", "weights", {"luo": 7, "swa": 5}), LabelledSentences("dev", "selection", {"swa": 5})),
        models=(PretrainedModel("m"), PretrainedModel("n", "text")),
    )
    found = together([one, other])
    assert found.labelled == (LabelledSentences("dev", "weights", {"swa": 5, "luo": 7}), other.labelled[1])
    assert [model.name for model in found.models] == ["m", "n"]


@given(BUDGETS, BUDGETS)
def test_putting_budgets_together_again_changes_nothing(one: Budget, other: Budget) -> None:
    found = together([one, other])
    assert together([found]) == together([found, other]) == together([NOTHING, found]) == found


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `sentence`"):
        msgspec.convert({"labelled": [{"data": "d", "use": "training", "sentences": {}, "sentence": {}}]}, Budget)
