"""Translation by small models shaped like NLLB, M2M100 and Marian."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("sentencepiece")
import tiny_translation  # noqa: E402
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer  # noqa: E402

from boundarybench.errors import UsageError  # noqa: E402
from boundarybench_baselines.machine import Machine  # noqa: E402
from boundarybench_baselines.translation import codes  # noqa: E402
from boundarybench_baselines.translation.neural import Decoding, Failure, Seq2Seq, TransformersTranslator  # noqa: E402
from boundarybench_baselines.translation.translator import TranslatorSettings, stage, words_of  # noqa: E402

#: A maker, and the codes of Swahili and English as its models have them.
MODELS = {
    "nllb": (tiny_translation.nllb, "swh_Latn", "eng_Latn"),
    "m2m100": (tiny_translation.m2m100, "sw", "en"),
    "marian": (tiny_translation.marian, None, None),
}
TEXTS = [source for source, _ in tiny_translation.pairs(24, seed=5)]
SHORT = Decoding(max_new_tokens=12)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    # With weights as large as this, what they write depends on what they read.
    return {name: make(tmp_path_factory.mktemp(name), init_std=1.0) for name, (make, _, _) in MODELS.items()}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return tiny_translation.trained(tmp_path_factory.mktemp("trained"))


def translator(folder, decoding=SHORT, budget=2048, dtype=torch.float32):
    return TransformersTranslator(folder, "main", decoding, device=torch.device("cpu"), dtype=dtype, budget=budget)


def unended(folder, decoding=SHORT, budget=2048):
    """A translator that gives what there is where a translation has not ended: random models seldom end one."""
    ours = translator(folder, decoding, budget)
    ours._loaded.vocabulary.text = lambda ids, _: ours._loaded.vocabulary.tokenizer.decode(ids, skip_special_tokens=True).strip()
    return ours


def one_by_one(folder, texts, source, target, decoding):
    """Plain `generate`, each text alone."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    forced = {}
    if source:
        tokenizer.src_lang = source
        forced = {"forced_bos_token_id": tokenizer.convert_tokens_to_ids(target if "_" in target else f"__{target}__")}
    found = []
    for text in texts:
        inputs = tokenizer(text, return_tensors="pt")
        made = model.generate(
            **inputs, **forced, max_length=None, max_new_tokens=decoding.max_new_tokens, num_beams=decoding.num_beams, do_sample=False
        )[0]
        found.append(tokenizer.decode(made, skip_special_tokens=True).strip())
    return found


@pytest.mark.slow
@pytest.mark.parametrize("beams", [1, 4])
def test_a_model_that_has_learnt_a_language_translates_it(trained, beams):
    pairs = tiny_translation.pairs(60, seed=99)
    decoding = Decoding(num_beams=beams, max_new_tokens=60)
    found = translator(trained, decoding).translate([source for source, _ in pairs], "swh_Latn", "eng_Latn")
    right = sum(text == target for text, (_, target) in zip(found, pairs, strict=True))
    assert right / len(pairs) > 0.8
    sources = [source for source, _ in pairs[:12]]
    assert found[:12] == one_by_one(trained, sources, "swh_Latn", "eng_Latn", decoding)


@pytest.mark.slow
def test_the_stage_translates_with_the_codes_of_the_suite(trained):
    settings = TranslatorSettings("model", trained, max_new_tokens=60)
    of = stage(settings, "masakhaner2", "swa", Machine("cpu"))
    translator = of.load()
    records = of.compute(translator, ["mbo kala Tundu na Lirabe .", "", "kala " * 200])
    assert words_of(records[0], settings) == ["yesterday", "saw", "Tundo", "and", "Lirab", "."]
    assert records[1] == {"failed": "empty"}
    assert records[2] == {"failed": "longer than the model's 128 sub-tokens"}
    with pytest.raises(UsageError, match=r"masakhaner2/pcm: the translation model does not know this language"):
        stage(settings, "masakhaner2", "pcm", Machine("cpu")).compute(translator, ["kala"])


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("beams", [1, 3])
def test_equal_to_generate_one_by_one(folders, name, beams):
    _, source, target = MODELS[name]
    decoding = Decoding(num_beams=beams, max_new_tokens=12)
    found = unended(folders[name], decoding).translate(TEXTS, source, target)
    assert len(set(found)) > len(set(TEXTS)) / 2
    assert found == one_by_one(folders[name], TEXTS, source, target, decoding)


@pytest.mark.parametrize("name", MODELS)
def test_translations_depend_neither_on_batches_nor_on_order(folders, name):
    _, source, target = MODELS[name]
    whole = unended(folders[name]).translate(TEXTS, source, target)
    assert unended(folders[name], budget=1).translate(TEXTS, source, target) == whole
    assert unended(folders[name], budget=100).translate(TEXTS[::-1], source, target)[::-1] == whole


def test_the_codes_that_a_model_knows(folders):
    load = {name: Seq2Seq(folder, "main", device=torch.device("cpu"), dtype=torch.float32) for name, folder in folders.items()}
    assert load["nllb"].vocabulary.codes == {code for code in codes.ALL if "_" in code}
    assert {"en", "sw", "yo"} <= load["m2m100"].vocabulary.codes
    assert not any("_" in code for code in load["m2m100"].vocabulary.codes)
    assert not load["m2m100"].vocabulary.codes & {"rw", "te", "eu"}  # M2M100 has no Kinyarwanda, Telugu, Basque
    assert load["marian"].vocabulary.codes == frozenset()
    assert codes.of_model(load["nllb"].vocabulary.codes, "xtreme", "sw") == ("swh_Latn", "eng_Latn")
    assert codes.of_model(load["m2m100"].vocabulary.codes, "masakhaner2", "swa") == ("sw", "en")
    assert codes.of_model(load["marian"].vocabulary.codes, "masakhaner2", "swa") == (None, None)
    with pytest.raises(UsageError, match="does not know the language xx_Latn"):
        load["nllb"].vocabulary.code_id("xx_Latn")


@pytest.mark.parametrize("name", ["nllb", "m2m100"])
def test_the_source_language_stands_before_the_text_and_the_target_language_before_its_translation(folders, name):
    _, source, target = MODELS[name]
    ours = translator(folders[name])
    loaded = ours._loaded
    (ids,) = loaded.vocabulary.encode(["kala"], source)
    assert (ids[0], ids[-1]) == (loaded.vocabulary.code_id(source), loaded.vocabulary.tokenizer.eos_token_id)
    made = []
    plain = loaded.model.generate
    loaded.model.generate = lambda **more: made.append(plain(**more)) or made[-1]
    ours.translate(["kala"], source, target)
    assert made[0][0, 1].item() == loaded.vocabulary.code_id(target)


def test_what_cannot_be_translated_has_its_reason(folders):
    found = translator(folders["nllb"], Decoding(max_new_tokens=2)).translate(["", "  ", "kala " * 200, "kala"], "swh_Latn", "eng_Latn")
    assert found[:2] == [Failure("empty")] * 2
    assert found[2] == Failure("longer than the model's 128 sub-tokens")
    assert found[3] == Failure("no end within 2 sub-tokens")


def test_a_text_of_just_the_window_is_translated(folders):
    ours = translator(folders["nllb"])
    lengths = {len(ids): text for text in ("mto " * n for n in range(1, 130)) for ids in ours._loaded.vocabulary.encode([text], "swh_Latn")}
    assert isinstance(lengths.get(128), str)
    longest, longer = ours.translate([lengths[128], lengths[129]], "swh_Latn", "eng_Latn")
    assert "longer than" not in getattr(longest, "reason", "")
    assert longer == Failure("longer than the model's 128 sub-tokens")


def test_a_translation_of_nothing_but_special_tokens_is_a_failure(folders, monkeypatch):
    ours = translator(folders["nllb"])
    end = ours._loaded.vocabulary.tokenizer.eos_token_id
    monkeypatch.setattr(ours._loaded.model, "generate", lambda **_: torch.tensor([[end, ours._loaded.vocabulary.code_id("eng_Latn"), end]]))
    assert ours.translate(["kala"], "swh_Latn", "eng_Latn") == [Failure("an empty translation")]


def test_equal_texts_are_translated_once(folders, monkeypatch):
    ours = unended(folders["nllb"])
    generate, seen = ours._generate, []
    monkeypatch.setattr(ours, "_generate", lambda batch, target: seen.extend(batch) or generate(batch, target))
    found = ours.translate([TEXTS[0], TEXTS[1], TEXTS[0]] * 3, "swh_Latn", "eng_Latn")
    assert len(seen) == 2
    assert found == found[:3] * 3
    assert found[0] == found[2]
    assert ours.translate([], "swh_Latn", "eng_Latn") == []


def test_out_of_memory_halves_the_batch_and_loses_only_what_does_not_fit(folders, monkeypatch):
    whole = unended(folders["nllb"]).translate(TEXTS, "swh_Latn", "eng_Latn")
    ours = unended(folders["nllb"])
    generate = ours._generate
    longest = max(len(ids) for ids in ours._loaded.vocabulary.encode(TEXTS, "swh_Latn"))

    def small(batch, target):
        if len(batch) > 3 or max(map(len, batch)) == longest:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return generate(batch, target)

    monkeypatch.setattr(ours, "_generate", small)
    found = ours.translate(TEXTS, "swh_Latn", "eng_Latn")
    lost = [index for index, each in enumerate(found) if each == Failure("out of memory")]
    assert 0 < len(lost) < len(TEXTS) / 2
    assert [each for index, each in enumerate(found) if index not in lost] == [
        each for index, each in enumerate(whole) if index not in lost
    ]


def test_what_is_no_translation_model_is_a_usage_error(folders, tmp_path):
    import tiny_encoders

    with pytest.raises(UsageError, match="no translation model can be loaded") as caught:
        translator(tiny_encoders.bert(tmp_path / "bert", num_hidden_layers=1))
    assert "\n" not in str(caught.value)
    with pytest.raises(UsageError, match="no translation model can be loaded"):
        translator(str(tmp_path / "none"))
