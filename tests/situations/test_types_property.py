"""Whatever types gold and predictions have: spans that count and spans told as not counting are the spans in the files."""

import json
import re
import shutil
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import evaluate
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boundarybench.cli.main import main
from boundarybench.metric import PATH
from boundarybench.protocol import TYPES
from boundarybench.schemes import decode

LENGTHS = (3, 1, 5)
KNOWN = (*TYPES, "MISC", "per", "PERSON", "GPE", "geo-loc", "A+B", "all", "地名")
NAMES = st.sampled_from(KNOWN) | st.from_regex(r"[a-z0-9.]{1,4}", fullmatch=True)


@st.composite
def corpora(draw: st.DrawFn, smallest: int = 1) -> tuple[list[list[str]], list[list[str]]]:
    """Gold with an entity at least (`smallest`), and predictions, over types that they may share."""
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    tag = st.just("O") | st.builds("{}-{}".format, st.sampled_from("BI"), st.sampled_from(names))
    sides = [[[draw(tag) for _ in range(length)] for length in LENGTHS] for _ in "gp"]
    if smallest and all(tag == "O" for sentence in sides[0] for tag in sentence):
        sides[0][0][0] = f"B-{names[0]}"
    return sides[0], sides[1]


@st.composite
def selections(draw: st.DrawFn, names: set[str]) -> list[str]:
    """What `--types` is given: nothing, `all`, or types of the files, of the protocol, or of nobody."""
    usable = sorted({*names, *TYPES, "NOBODY"} - {"all"})
    return draw(st.just([]) | st.just(["all"]) | st.lists(st.sampled_from(usable), min_size=1, max_size=4))


def spans(tags: list[list[str]]) -> Counter[str]:
    """Spans by type, by the decoder that the scorer does not use."""
    return Counter(span.type for sentence in tags for span in decode(sentence))


def run(verb: str, *arguments: object, out: Path) -> tuple[int, Any]:
    out.unlink(missing_ok=True)
    code = main([verb, *map(str, arguments), "--format", "json", "-o", str(out)])
    return code, json.loads(out.read_text()) if out.exists() else None


def numbers(text: str) -> Counter[str]:
    """`MISC 3, DATE 1` as counts."""
    return Counter({name: int(count) for name, count in re.findall(r"(\S+) (\d+)(?:,|$)", text)})


def counted(row: dict[str, Any], side: str) -> Counter[str]:
    return Counter({name: bucket[side] for name, bucket in row["by_type"].items()})


def complete(row: dict[str, Any], gold: Counter[str], predicted: Counter[str]) -> bool:
    """Whether a result accounts for every span of both sides, type by type and in all."""
    sides = {"gold": gold, "predicted": predicted}
    by_type = all(counted(row, side) + Counter(row["not_scored"][side]) == found for side, found in sides.items())
    return by_type and all(row[side] + sum(row["not_scored"][side].values()) == found.total() for side, found in sides.items())


@settings(max_examples=80)
@given(data=st.data())
def test_every_span_counts_or_is_told(data: st.DataObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tags = data.draw(corpora())
    gold, predicted = map(spans, tags)
    chosen = data.draw(selections({*gold, *predicted}))
    types = ["--types", *chosen] if chosen else []
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "home"))
    columns, file, out = tmp_path / "x.conll", tmp_path / "p.jsonl", tmp_path / "out.json"
    columns.write_text("".join("".join(f"w{i}{k}\t{tag}\n" for k, tag in enumerate(row)) + "\n" for i, row in enumerate(tags[0])))
    file.write_text("".join(json.dumps({"id": f"x-{i:05d}", "tags": row}) + "\n" for i, row in enumerate(tags[1])))

    which = ["--gold", columns, *types]
    code, validated = run("validate", file, *which, out=out)
    said = {finding["code"]: finding["message"] for finding in validated["findings"]}
    results = {verb: run(verb, file, *which, out=out) for verb in ("score", "errors")}
    again = shutil.copy(file, tmp_path / "again.jsonl")
    results["compare"] = run("compare", file, again, "--replicates", 100, *which, out=out)
    assert main(["gold", "import", str(columns), "--as", "mine", "--lang", "x"]) == 0
    results["imported"] = run("score", file, "--suite", "mine", "--lang", "x", *types, out=out)

    assert {code for code, _ in results.values()} == {code}
    if code:  # refused everywhere, and the message accounts for the spans
        assert all(report is None for _, report in results.values())
        accounted(said, gold, predicted)
        return
    for verb in ("score", "errors", "imported"):
        assert complete(results[verb][1]["results"][0], gold, predicted), verb
    left = results["score"][1]["results"][0]["not_scored"]
    assert results["compare"][1]["systems"][0]["results"][0]["not_scored"] == {
        "gold": left["gold"],
        **dict.fromkeys("ab", left["predicted"]),
    }
    told = re.fullmatch(r"spans that do not count: gold (.*); predicted (.*); scored: .*", said.get("type-not-scored", ""))
    assert [numbers(text) for text in told.groups()] == [*left.values()] if told else not any(left.values())
    assert chosen or not set(predicted) - set(gold) - set(TYPES)  # never a figure over silently reduced predictions


def accounted(said: dict[str, str], gold: Counter[str], predicted: Counter[str]) -> None:
    """A refusal names every type of gold, and every predicted one that does not count."""
    if "no-scored-type" in said:
        found = re.fullmatch(r"scored: .*; gold has (.*); predicted: (.*)", said["no-scored-type"])
        assert found
        assert [numbers(text) for text in found.groups()] == [gold, predicted]
        return
    found = re.fullmatch(r"predicted and neither in gold nor scored: (.*); scored: .*; gold has (.*)", said["type-not-in-gold"])
    assert found
    foreign, of_gold = map(numbers, found.groups())
    rest = re.search(r"; predicted (.*); scored", said.get("type-not-scored", ""))
    shown = foreign + (numbers(rest[1]) if rest else Counter())
    assert of_gold == gold
    assert shown == Counter({name: count for name, count in predicted.items() if name not in TYPES})


@pytest.fixture(scope="module")
def metric(tmp_path_factory: pytest.TempPathFactory) -> evaluate.Metric:
    return evaluate.load(PATH, cache_dir=str(tmp_path_factory.mktemp("evaluate")))


@settings(max_examples=60)
@given(data=st.data())
def test_every_span_counts_or_is_told_by_the_metric(data: st.DataObject, metric: evaluate.Metric) -> None:
    tags = data.draw(corpora(smallest=0))
    gold, predicted = map(spans, tags)
    chosen = data.draw(selections({*gold, *predicted}))
    assume(not gold or chosen in ([], ["all"]) or {*gold, *predicted, *TYPES}.intersection(chosen))  # the others are refused
    types = None if not chosen else "all" if chosen == ["all"] else chosen
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = metric.compute(predictions=tags[1], references=tags[0], types=types)
    assert complete(result, gold, predicted)
    said = "\n".join(str(warning.message) for warning in caught)
    wanted = {*gold, *predicted} if types == "all" else set(types or TYPES)
    assert ("no-entities" in said) == (not gold)
    assert ("no-scored-type" in said) == (bool(gold) and not set(gold) & wanted)
    if gold and set(gold) & wanted:
        assert all(f"{name} {predicted[name]}" in said for name in set(predicted) - set(gold) - wanted)
