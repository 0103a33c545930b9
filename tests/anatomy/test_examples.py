"""Examples are real, complete where nobody limits them, and the same every time."""

from collections import Counter

import numpy as np
from helpers import TYPES, codes_of, gold_of, tag_pairs
from hypothesis import given, settings
from oracle import Entity, classes, match, overlap

from boundarybench.anatomy.error_examples import SHOWN, Example, merge
from boundarybench.anatomy.error_report import examine, example_json
from boundarybench.gold.model import Gold, build
from boundarybench.scoring.anatomy import MISSED
from boundarybench.submission.prediction import Prediction

Tags = list[list[str]]


def chosen(gold: Gold, predicted: Tags, limit: int | None = None, categories: tuple[str, ...] = SHOWN) -> list[Example]:
    prediction = Prediction(codes_of(predicted), TYPES, np.ones(gold.sentences, bool))
    return list(examine(gold, prediction, TYPES, limit=limit, categories=categories).examples)


@given(tag_pairs())
def test_without_a_limit_every_span_is_there_once_in_its_class(pair: tuple[Tags, Tags]) -> None:
    gold = gold_of(pair[0])
    examples = chosen(gold, pair[1])
    for index, name in enumerate(gold.ids()):
        of_sentence = [example for example in examples if example.sentence.id == name]
        sentence = of_sentence[0].sentence if of_sentence else None
        if sentence is None:
            continue
        golds, predictions = ([Entity(e.start, e.end, e.type) for e in side] for side in (sentence.gold, sentence.predicted))
        assert sentence.tokens == tuple(f"w{index}x{place}" for place in range(len(pair[0][index])))
        assert +Counter(example.category for example in of_sentence) == classes(golds, predictions)
        matched = match(golds, predictions)
        about = [example.gold if example.category == MISSED else example.predicted for example in of_sentence]
        assert all(len(one) == 1 for one in about)
        assert len({(example.category == MISSED, one) for example, one in zip(of_sentence, about, strict=True)}) == len(of_sentence)
        for example in of_sentence:
            if example.category == MISSED:
                (k,) = example.gold
                assert k not in matched.values()
                assert list(example.predicted) == [p for p, other in enumerate(predictions) if overlap(golds[k], other)]
                assert example.matched is None
            else:
                (k,) = example.predicted
                assert list(example.gold) == [g for g, other in enumerate(golds) if overlap(other, predictions[k])]
                assert example.matched == matched.get(k)


@settings(max_examples=30)
@given(tag_pairs())
def test_a_larger_limit_only_adds(pair: tuple[Tags, Tags]) -> None:
    gold = gold_of(pair[0])
    every = chosen(gold, pair[1])
    for limit in (0, 1, 3):
        some = chosen(gold, pair[1], limit)
        for name in SHOWN:
            assert [e for e in some if e.category == name] == [e for e in every if e.category == name][:limit]


def test_a_text_is_shown_once_before_any_is_shown_twice() -> None:
    tokens = [["Anna", "sees", "Bo"], ["Anna", "sees", "Bo"], ["Cy", "sees", "Di"]]
    gold = build("test", "xx", "test", [["O", "B-PER", "O"]] * 3, tokens, TYPES)
    examples = chosen(gold, [["B-LOC", "O", "B-LOC"]] * 3, categories=("spurious",))
    assert len(examples) == 6
    assert {example.sentence.tokens[0] for example in examples[:2] if example.sentence.tokens} == {"Anna", "Cy"}
    assert {example.sentence.id for example in examples[:2]} != {"xx-00000", "xx-00001"}
    assert [example.rank for example in examples] == [0, 1, 2, 3, 4, 5]


def test_the_choice_does_not_begin_with_the_file() -> None:
    gold = gold_of([["B-PER", "O"]] * 200)
    examples = chosen(gold, [["O", "O"]] * 200, 3, ("missed",))
    assert [example.sentence.id for example in examples] == ["xx-00177", "xx-00003", "xx-00098"]


def test_languages_take_turns() -> None:
    tags = [["B-PER", "O"]] * 3
    examples = [example for lang in ("aa", "bb", "cc") for example in chosen(gold_of(tags, lang), [["O", "O"]] * 3, 4, ("missed",))]
    assert [example.lang for example in merge(examples, 4)] == ["aa", "bb", "cc", "aa"]
    assert len(merge(examples, None)) == 9


def test_example_json_holds_the_sentence_and_what_it_is_about() -> None:
    gold = build("sample", "ar", "test", [["O", "B-PER", "I-PER"]], [["a", "b", "c"]], TYPES)
    (example,) = chosen(gold, [["B-ORG", "I-ORG", "O"]], categories=("left-over+right-under",))
    assert example_json(example) == {
        "class": "left-over+right-under",
        "suite": "sample",
        "lang": "ar",
        "script": "Arab",
        "id": "ar-00000",
        "length": 3,
        "tokens": ["a", "b", "c"],
        "gold": [{"start": 1, "end": 3, "type": "PER"}],
        "predicted": [{"start": 0, "end": 2, "type": "ORG"}],
        "about": {"gold": [0], "predicted": [0], "matched": 0},
        "offset": {"start": -1, "end": -1},
    }
