"""Any valid manifest gives with any gold the figures that `--gold FILE` gives with the same types."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import put, toml

from boundarybench.column_layout import Columns
from boundarybench.gold.load import load
from boundarybench.gold.own import from_file
from boundarybench.report import Result, evaluate
from boundarybench.schemes import SCHEMES, decode, encode
from boundarybench.selection import Selection, selection
from boundarybench.submission.prediction import of_tags

TYPES = ["PER", "ORG", "LOC", "MISC", "person", "B-PER", "тип", "a|b"]
TOKENS = ["Zora", "ba", "Mindè", "Minde\u0300", "#", "7", "'", "http://x.org", "-"]
#: Parts by the beginning of a sentence's id.
PARTS = {"letters": "l", "diaries": "d"}
SOURCES = {
    "mirror": ["{lang}.conll", "gold/{lang}.txt", "{lang}/{split}.txt", "{split}-{lang}", "{lang}.{lang}.{split}"],
    "embedded": ["{lang}/{split}.txt", "gold/{split}.{lang}"],
}
TEXT = st.text("aé語 '\"\\{}[]=#\n", min_size=1, max_size=20)

#: Every example is a suite of its own: a manifest that changes within a tick of the file system's clock would not be read again.
NUMBERS = itertools.count()


@st.composite
def languages(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Some languages, one in the mean at least. Character tokens have no offsets, and no file of gold says that it has them."""
    codes = draw(st.lists(st.from_regex(r"[a-z]{2,3}(-[a-z0-9]{1,4})?", fullmatch=True), min_size=1, max_size=3, unique=True))
    entry = st.fixed_dictionaries(
        {"name": TEXT}, optional={name: st.booleans() for name in ("headline", "tiny", "parts", "parallel")} | {"script": st.just("Latn")}
    )
    entries = {code: draw(entry) for code in codes}
    entries[codes[0]].pop("headline", None)
    return entries


@st.composite
def suites(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of a manifest: all that a user may write."""
    types = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=4, unique=True))
    splits = draw(st.sampled_from([["test"], ["dev", "test"], ["test", "train", "dev"]]))
    place = draw(st.sampled_from(list(SOURCES)))
    templates = [template for template in SOURCES[place] if "{split}" in template or splits == ["test"]]
    token, tag = draw(st.sampled_from([(1, 2), (1, -1), (2, 1), (2, 3), (1, 3), (-2, -1)]))
    fields = {
        "title": draw(TEXT),
        "domains": draw(st.lists(TEXT, min_size=1, max_size=2)),
        "languages": draw(languages()),
        "scored": draw(st.lists(st.sampled_from(types), min_size=1, unique=True)),
        "splits": splits,
        "source": {place: draw(st.sampled_from(templates))},
        "read": {"scheme": draw(st.sampled_from(list(SCHEMES))), "token_column": token, "tag_column": tag},
    }
    optional = {
        "types": st.just(types),
        "parts": st.just(PARTS),
        "order": st.integers(0, 99),
        "board": st.integers(0, 99),
        "ranked": st.booleans(),
        "overall": st.booleans(),
        "note": TEXT,
        "sentences": st.fixed_dictionaries({}, optional={"order": st.just("shuffled"), "block": st.integers(1, 20)}),
    }
    return {**fields, **draw(st.fixed_dictionaries({}, optional=optional))}


@st.composite
def corpora(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[str]], list[list[str]], list[list[str]]]:
    """A manifest, and tokens, gold tags in its scheme and predicted tags of sentences; an entity that counts is the first."""
    fields = draw(suites())
    types = fields.get("types") or fields["scored"]
    tag = st.sampled_from(["O", *(f"{prefix}-{kind}" for prefix in "BI" for kind in types)])
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=5))
    tokens, gold, predicted = (
        [draw(st.lists(what, min_size=n, max_size=n)) for n in lengths] for what in (st.sampled_from(TOKENS), tag, tag)
    )
    gold[0][0] = f"B-{fields['scored'][0]}"
    scheme = SCHEMES[fields["read"]["scheme"]]
    return fields, tokens, [encode(decode(tags), len(tags), scheme) for tags in gold], predicted


def file_of(fields: dict[str, Any], tokens: list[list[str]], gold: list[list[str]]) -> str:
    """A column file as the manifest says it is: with columns that nobody reads, and ids where the suite has parts."""
    read = fields["read"]
    width = max(read["token_column"], read["tag_column"], 2) + (read["tag_column"] == -1)
    blocks = []
    for index, sentence in enumerate(zip(tokens, gold, strict=True)):
        lines = [f"# sent_id = {'ld'[index % 2]}{index}"]
        for token, tag in zip(*sentence, strict=True):
            row = ["_"] * width
            for column, value in ((read["token_column"], token), (read["tag_column"], tag)):
                row[column - (column > 0)] = value
            lines.append("\t".join(row))
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def figures(result: Result) -> dict[str, Any]:
    """All figures of a result but the parts, of which a file has none, and the intervals, whose draws are named after the suite.

    A closed set also lists a type that neither side has, which no file can know of.
    """
    report = result.as_json()
    report["by_type"] = {name: found for name, found in report["by_type"].items() if found["gold"] or found["predicted"]}
    return {name: report[name] for name in report.keys() - {"suite", "signature", "not_scored", "by_domain", "intervals"}}


@settings(max_examples=100)
@given(corpora())
def test_any_manifest_gives_the_figures_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: Any) -> None:
    fields, tokens, tags, predicted = corpus
    name, lang = f"suite-{next(NUMBERS)}", next(iter(fields["languages"]))
    folder = put(name, toml(**fields)).parent
    monkeypatch.setenv("BOUNDARYBENCH_DATA", str(tmp_path))
    ((place, template),) = fields["source"].items()
    path = (folder if place == "embedded" else tmp_path) / template.format(lang=lang, split="test")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(file_of(fields, tokens, tags), encoding="utf-8")

    columns = Columns(fields["read"]["token_column"], fields["read"]["tag_column"])
    of_suite, of_file = load(name, lang), from_file(path, lang, fields["read"]["scheme"], columns)
    assert (of_suite.structure, of_suite.text, of_suite.pinned) == (of_file.structure, of_file.text, False)
    chosen = Selection(selection(fields["scored"]).names, chosen=True)
    # A suite with a closed set scores its own types unasked; without one, types that nobody knows are refused until somebody chooses.
    by_name = evaluate(of_suite, of_tags(predicted, of_suite), Selection() if "types" in fields else chosen)
    by_file = evaluate(of_file, of_tags(predicted, of_file), chosen)
    assert figures(by_name) == figures(by_file)
