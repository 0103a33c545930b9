"""What the reference rows are made from, on invented data; and the committed rows against the real data."""

import json

import pytest

pytest.importorskip("pycrfsuite")

from baselines import system
from baselines.experiments import gold_mentions, machine_translations, reference_rows, stage_losses, taggers
from baselines.experiments.projection_report import ROOT
from baselines.translation import files
from benchmark.schemes import Span


def test_every_row_is_a_system_of_ours_with_a_folder():
    for row in reference_rows.ROWS:
        loaded = system.load(row.system)
        about = json.loads((ROOT / "submissions" / row.system / "system.json").read_text())
        assert about["name"] == row.system
        assert about["family"] == loaded.family
        assert about["facets"]["source_data"] == list(loaded.source_data)
        assert about["tracks"]["default"] == loaded.track
        assert about["reproduce"].startswith(f"boundarybench run {row.system} --suite masakhaner2")
        assert set(row.langs) == {path.stem for path in (ROOT / "submissions" / row.system / "masakhaner2").iterdir()} or not row.langs


def test_what_sees_gold_or_human_translations_is_oracle():
    for name in system.names():
        if "human" in name:
            assert system.load(name).track == "oracle"


def test_the_best_system_on_dev_sentences_translates(tmp_path):
    """By nearness to the human originals; its name in one language stands for the recipe in another."""
    pytest.importorskip("sacrebleu")
    rows = [
        {
            "lang": "ewe",
            "split": "dev",
            "idx": 0,
            "src_lang": "fr",
            "human_src": "la maison bleue",
            "mt": {"a_ewe_fr_news": "rouge", "b_ewe_fr_news": "la maison"},
        },
        {
            "lang": "ewe",
            "split": "test",
            "idx": 7,
            "src_lang": "fr",
            "human_src": "x",
            "mt": {"a_ewe_fr_news": "un", "b_ewe_fr_news": "deux"},
        },
        {"lang": "ewe", "split": "test", "idx": 8, "src_lang": "fr", "human_src": "x"},
    ]
    folder = tmp_path / "translations" / "masakhaner2-mt"
    folder.mkdir(parents=True)
    (folder / "ewe.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = machine_translations.qualities(tmp_path, "ewe")
    assert [each.system for each in found] == ["b_news", "a_news"]
    assert machine_translations.write(tmp_path, "ewe", "test", "b_news", tmp_path / "out" / "ewe.jsonl") == 1
    assert files.read(tmp_path / "out" / "ewe.jsonl") == [files.Translation("ewe-00007", "fr", "deux")]


@pytest.mark.parametrize(
    ("sentence", "is_prose"),
    [
        ("The mayor of Kampala opened the new market .", True),
        ("SOCCER - JAPAN GET LUCKY WIN .", False),
        ("1. Ada Lovelace Kenya 25 minutes", False),
        ("He left .", False),
        ("", False),
    ],
)
def test_prose(sentence, is_prose):
    assert taggers._is_prose(sentence.split()) == is_prose


@pytest.mark.parametrize(
    ("place", "mentions", "step"),
    [
        (None, [], "not carried"),
        (Span(2, 4, "PER"), [(0, 2, "projected")], "not tagged"),
        (Span(2, 4, "PER"), [(3, 5, "projected")], "other mention"),
        (Span(2, 4, "PER"), [(2, 4, "no-link")], "no link"),
        (Span(2, 4, "PER"), [(2, 4, "below-threshold")], "below"),
        (Span(2, 4, "PER"), [(2, 4, "lost")], "lost"),
        (Span(2, 4, "PER"), [(0, 2, "lost"), (2, 4, "projected")], "misplaced"),
    ],
)
def test_where_an_entity_went_astray(place, mentions, step):
    assert stage_losses._step(place, [{"start": start, "end": end, "fate": fate} for start, end, fate in mentions]) == step


def test_gold_mentions_lie_where_the_links_lead(data, tmp_path):
    """Nearly all gold entities have a place in a human translation, and stay apart there."""
    gold_mentions.write(data, "lug", tmp_path / "lug.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "lug.jsonl").read_text().split("\n")[:-1]]
    carried = list(gold_mentions.carried(data, "lug"))
    entities = [span for sentence in carried for span in sentence.source]
    assert sum(span is not None for span in entities) > 0.8 * len(entities)
    assert sum(tag[0] == "B" for line in lines for tag in line["tags"]) == sum(span is not None for span in entities)
    assert [len(line["tags"]) for line in lines] == [sentence.words for sentence in carried]
