"""System files: ours say what was published, a user's own work like ours, and what is off is said."""

import pytest

from boundarybench.errors import UsageError
from boundarybench_baselines import system
from boundarybench_baselines.projection.settings import HeuristicSettings, MatchingSettings

XLMR = "FacebookAI/xlm-roberta-large-finetuned-conll03-english"
MDEBERTA = "ShkalikovOleh/mdeberta-v3-base-conll2003-en"
RULE = 'description = "d"\nfamily = "annotation-projection"\nauthors = ["me"]\nopen = true\n[source_tagger]\nmethod = "capitals"'
#: What a system says anew when it has another model, but for what a tagger or an aligner adds.
STATED = 'description = "d"\nopen = true\ntraining_data = []\n'
TAGGER_STATED = STATED + "source_languages = []\nsource_data = []\n"
STORED_LINKS = STATED + 'extends = "sample-projection"\nparallel_data = []\n[aligner]\nmethod = "file"\npath = "p"\nabout = "a"\n'
TRANSFER = 'description = "d"\nfamily = "model-transfer"\nauthors = ["me"]\nopen = true\n[target_tagger]\nmodel = "m"\n'


@pytest.fixture
def own(tmp_path):
    """Writes a system file and loads it."""

    def load(text, *changes):
        path = tmp_path / "own.toml"
        path.write_text(text)
        return system.load(str(path), changes)

    return load


@pytest.mark.parametrize("name", system.names())
def test_ours_load(name):
    loaded = system.load(name)
    assert loaded.name == name
    assert len(loaded.description) <= 500
    assert loaded.authors
    assert loaded.source_data or loaded.track == "oracle" or loaded.family == "other"
    uses_target_tagger = loaded.target_tagger is not None and loaded.translator is not None
    assert (loaded.family == "hybrid") == uses_target_tagger


@pytest.mark.parametrize("candidates", ["heuristic", "ngrams", "tagger"])
@pytest.mark.parametrize("aligner", ["awesome", "simalign"])
@pytest.mark.parametrize("back", ["", "back-"])
def test_variants_of_politov_2025(candidates, aligner, back):
    loaded = system.load(f"politov2025-{back}{candidates}-{aligner}")
    assert loaded.translator.model == "facebook/nllb-200-3.3B"
    assert loaded.translator.num_beams == 1
    assert loaded.source_tagger.model == XLMR
    assert loaded.source_tagger.types == {}  # MISC competes for words, as published
    assert (loaded.aligner.method, loaded.aligner.layer, loaded.aligner.threshold) == (
        "awesome" if aligner == "awesome" else "itermax",
        8,
        0.001,
    )
    assert loaded.aligner.model.endswith("bert-base-multilingual-cased")
    assert bool(loaded.back_translation) == bool(back)
    settings = loaded.projection_settings()
    if candidates == "heuristic":
        assert settings == HeuristicSettings(merge_distance=1, length_ratio=0.8, order="tagger")
    else:
        assert (settings.solver, settings.score, settings.spans_per_entity) == ("greedy", "alignment", 1)
        assert settings.candidates == ("aligned" if candidates == "ngrams" else "tagger")


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("ner", {"tagger": 1}),
        ("nmt", {"translation": 1}),
        ("align-ner", {"alignment": 0.5, "tagger": 0.5}),
        ("align-ner-spans", {"alignment": 0.5, "tagger_spans": 0.5}),
        ("align-nmt", {"alignment": 0.5, "translation": 1}),
        ("ner-spans-nmt", {"tagger_spans": 0.5, "translation": 1}),
        ("all-fusion", {"alignment": 0.5, "tagger_spans": 0.5, "translation": 1}),
    ],
)
def test_fusions_of_shkalikov_2024(name, weights):
    loaded = system.load(f"shkalikov2024-{name}")
    settings = loaded.projection_settings()
    assert settings.weights == weights
    assert (settings.solver, settings.candidates, settings.score, settings.max_words) == ("exact", "ngrams", "fused", 10)
    assert not settings.normalise
    assert loaded.source_tagger.model == MDEBERTA
    assert loaded.source_tagger.types == {"MISC": "O"}
    assert (loaded.target_tagger is None) == (not {"tagger", "tagger_spans"} & set(weights))
    assert (loaded.translation_score is None) == ("translation" not in weights)


def test_links_alone_of_shkalikov_2024():
    settings = system.load("shkalikov2024-align").projection_settings()
    assert (settings.solver, settings.score, settings.max_words, settings.spans_per_entity) == ("exact", "alignment", 10, 1)


def test_the_recommended_one_needs_no_tagger_of_the_target_language():
    loaded = system.load("projection-recommended")
    assert loaded.family == "annotation-projection"
    assert isinstance(loaded.projection_settings(), MatchingSettings)
    assert loaded.source_tagger.types == {"MISC": "O"}


def test_changes_go_over_the_file(own):
    loaded = own(TRANSFER, "target_tagger.scheme=BIOES", "target_tagger.types={MISC = 'O'}", "description=other words")
    assert loaded.target_tagger.scheme == "BIOES"
    assert loaded.target_tagger.types == {"MISC": "O"}
    assert loaded.description == "other words"


def test_a_system_extends_ours_or_a_file_beside_it(tmp_path, own):
    assert own('extends = "transfer-xlmr"\n[target_tagger]\nscheme = "IOB2"').target_tagger.types == {"MISC": "O"}
    (tmp_path / "base.toml").write_text(TRANSFER)
    loaded = own('extends = "base.toml"\nauthors = ["you"]')
    assert (loaded.authors, loaded.target_tagger.model, loaded.name) == (("you",), "m", "own")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("family =", "not TOML"),
        ("description = 1", "Expected `str`"),
        (TRANSFER.replace("model-transfer", "magic"), "magic"),
        (TRANSFER + 'modle = "x"', "unknown setting modle in \\[target_tagger\\]"),
        ("colour = 1\n" + TRANSFER, "unknown setting colour"),
        (TRANSFER + '[aligner]\nmethod = "monotone"', "no other stage"),
        (TRANSFER.replace("model-transfer", "annotation-projection"), "needs \\[translator\\], \\[source_tagger\\], \\[aligner\\]"),
        ('extends = "no-such"', "no system 'no-such'"),
        ('extends = "own.toml"', "in a circle"),
        ('extends = "transfer-xlmr"\n[target_tagger]\nscheme = "IOB7"', "IOB7"),
        ('extends = "projection-recommended"\n[projection]\nmethod = "magic"', "magic"),
        ('extends = "projection-recommended"\n[projection]\nfamily = "matching"\nspeed = 1', "speed"),
        ('extends = "projection-recommended"\n[aligner]\nmethod = "monotone"', "`model` goes with the methods"),
        ('extends = "sample-projection"\n[source_tagger]\nmethod = "file"', "`model` goes with"),
        (TAGGER_STATED + 'extends = "trivial-short-sentences"\n[target_tagger]\nmethod = "file"\npath = "p"', "only a .source_tagger. may"),
        (RULE, "only a .target_tagger. may"),
        (STORED_LINKS + '[back_translation]\nmodel = "m"\nlicence = "MIT"', "has to be aligned"),
        (STORED_LINKS + 'symmetrise = "both"', "symmetrise"),
        ('extends = "projection-recommended"\n[translator]\nkind = "file"', "`model` goes with"),
        (
            TAGGER_STATED + 'extends = "projection-recommended"\n[target_tagger]\nmodel = "m"\nlicence = "MIT"',
            "goes with candidates or scores of a tagger",
        ),
        ('extends = "politov2025-tagger-awesome"\nfamily = "annotation-projection"', "hybrid"),
        ('extends = "projection-recommended"\nfamily = "hybrid"', "hybrid"),
        (STATED + 'extends = "projection-recommended"\n[translation_score]\nmodel = "m"\nlicence = "MIT"', "translation_score"),
        (STATED + 'extends = "shkalikov2024-nmt"\n[back_translation]\nmodel = "m"\nlicence = "MIT"', "leaves nothing to score"),
        (
            STATED + 'extends = "shkalikov2024-heuristic"\n[back_translation]\nmodel = "m"\nlicence = "MIT"\nuse = "evidence"',
            "a heuristic has no scores",
        ),
    ],
)
def test_what_is_off_is_said(own, text, message):
    with pytest.raises(UsageError, match=message):
        own(text)


@pytest.mark.parametrize("change", ["target_tagger.model", "=x", "target_tagger.=x", "description.x=1", ".x=1"])
def test_changes_that_are_none(own, change):
    with pytest.raises(UsageError, match="--set"):
        own(TRANSFER, change)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        system.load(str(tmp_path / "none.toml"))
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="cannot be read"):
        system.load(str(tmp_path / "bytes.toml"))
    with pytest.raises(UsageError, match="no system 'nothing': give a TOML file"):
        system.load("nothing")
