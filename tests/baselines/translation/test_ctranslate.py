"""CTranslate2 as the engine: the same translations as `transformers`, the same failures, one conversion."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("ctranslate2")
import tiny_translation  # noqa: E402

from boundarybench import home  # noqa: E402
from boundarybench.errors import UsageError  # noqa: E402
from boundarybench_baselines.machine import Machine, commit  # noqa: E402
from boundarybench_baselines.translation import ctranslate, neural  # noqa: E402
from boundarybench_baselines.translation.neural import Decoding, Failure  # noqa: E402
from boundarybench_baselines.translation.translator import TranslatorSettings, stage  # noqa: E402

CODES = {"trained": ("swh_Latn", "eng_Latn"), "nllb": ("swh_Latn", "eng_Latn"), "m2m100": ("sw", "en"), "marian": (None, None)}
TEXTS = [source for source, _ in tiny_translation.pairs(40, seed=3)]
WHERE = {"device": torch.device("cpu"), "dtype": torch.float32}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {}

    def make(name):
        if name not in made:
            changes = {"steps": 150} if name == "trained" else {"init_std": 0.6}  # less, and they say the same of all sentences
            made[name] = getattr(tiny_translation, name)(tmp_path_factory.mktemp(name), **changes)
        return made[name]

    return make


def engines(folder, decoding=Decoding(max_new_tokens=30), budget=512, **options):  # noqa: B008
    theirs = neural.TransformersTranslator(folder, "main", decoding, budget=budget, **WHERE)
    return theirs, ctranslate.CTranslate2Translator(
        folder, "main", decoding, identity=commit(folder, "main"), budget=budget, **WHERE, **options
    )


def test_the_same_translations(folders):
    theirs, ours = engines(folders("trained"))
    expected = theirs.translate(TEXTS, *CODES["trained"])
    assert sum(isinstance(each, str) for each in expected) > len(TEXTS) * 0.9
    assert ours.translate(TEXTS, *CODES["trained"]) == expected
    assert ours.codes == theirs.codes


def test_beams_that_agree_on_what_is_likely(folders):
    theirs, ours = engines(folders("trained"), Decoding(num_beams=3, max_new_tokens=30))
    both = zip(theirs.translate(TEXTS[:12], *CODES["trained"]), ours.translate(TEXTS[:12], *CODES["trained"]), strict=True)
    assert sum(one == other for one, other in both) >= 11


def until_the_end(vocabulary, new, most):
    """Sub-tokens in place of text; the last place is not compared, since Marian's configuration forces an end there.

    Ids that stand for no sub-token (M2M100 has some) are unknown to both.
    """
    tokens = vocabulary.tokenizer.convert_ids_to_tokens(new[: most - 1])
    return " ".join(tokens).partition(f" {vocabulary.tokenizer.eos_token}")[0]


@pytest.mark.parametrize("name", ["nllb", "m2m100", "marian"])
def test_the_same_sub_tokens_of_random_models(folders, name, monkeypatch):
    """Random models seldom end, so that only their sub-tokens say anything."""
    monkeypatch.setattr(neural.Vocabulary, "text", until_the_end)
    theirs, ours = engines(folders(name), Decoding(max_new_tokens=12))
    expected = theirs.translate(TEXTS[:20], *CODES[name])
    assert len(set(expected)) > 1
    assert ours.translate(TEXTS[:20], *CODES[name]) == expected


def test_the_same_failures(folders):
    theirs, ours = engines(folders("trained"), Decoding(max_new_tokens=6))
    texts = ["", "  ", TEXTS[0], "mbo .", "mbo .", "mbo " * 300]
    found = ours.translate(texts, *CODES["trained"])
    assert found == theirs.translate(texts, *CODES["trained"])
    assert found[0] == Failure("empty")
    assert found[2] == Failure("no end within 6 sub-tokens")
    assert isinstance(found[3], str)
    assert found[5].reason.startswith("longer than the model's")


def test_out_of_memory_halves_the_batch(folders):
    _, ours = engines(folders("trained"))
    expected = ours.translate(TEXTS, *CODES["trained"])
    real, sizes = ours._translator, []
    longest = max(map(len, ours._vocabulary.encode(TEXTS, CODES["trained"][0])))

    class Small:
        def translate_batch(self, batch, **options):
            sizes.append(len(batch))
            if len(batch) > 4 or len(batch[0]) == longest:
                raise RuntimeError("CUDA failed with error out of memory")
            return real.translate_batch(batch, **options)

    ours._translator = Small()
    found = ours.translate(TEXTS, *CODES["trained"])
    assert max(sizes) > 4
    assert Failure("out of memory") in found
    assert all(one == other for one, other in zip(found, expected, strict=True) if one != Failure("out of memory"))


def test_a_checkpoint_is_converted_once_and_again_when_it_changed(folders, tmp_path, monkeypatch):
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path))
    folder = folders("nllb")
    kept = home.cache_folder("ctranslate2")
    half_written = kept / ".boundarybench-x.tmp"
    half_written.mkdir(parents=True)
    engines(folder)
    monkeypatch.setattr(ctranslate, "_Converter", None)  # it would fail
    engines(folder)
    assert [path.name for path in kept.iterdir() if path.is_dir()] == [f"{commit(folder, 'main')}-float32"]
    with pytest.raises(TypeError):
        engines(folder, int8=True)
    assert not list(kept.glob(".*.tmp"))


def test_int8_translates(folders):
    theirs, ours = engines(folders("trained"), int8=True)
    both = zip(theirs.translate(TEXTS, *CODES["trained"]), ours.translate(TEXTS, *CODES["trained"]), strict=True)
    assert sum(one == other for one, other in both) > len(TEXTS) * 0.6


def test_what_it_cannot_do_is_said(folders, tmp_path):
    folder = folders("nllb")
    with pytest.raises(UsageError, match="not in bfloat16"):
        ctranslate.CTranslate2Translator(
            folder, "main", Decoding(), identity="x", device=torch.device("cpu"), dtype=torch.bfloat16, budget=64
        )
    with pytest.raises(UsageError, match="does not run on meta"):
        ctranslate.CTranslate2Translator(
            folder, "main", Decoding(), identity="x", device=torch.device("meta"), dtype=torch.float32, budget=64
        )
    with pytest.raises(UsageError, match="no translation model"):
        ctranslate.CTranslate2Translator(str(tmp_path), "main", Decoding(), identity="x", budget=64, **WHERE)


def test_as_a_stage(folders):
    folder, items = folders("trained"), TEXTS[:5]
    stages = {
        engine: stage(TranslatorSettings(model=folder, engine=engine), "masakhaner2", "swa", Machine("cpu"))
        for engine in ("transformers", "ctranslate2")
    }
    records = {engine: of.compute(of.load(), items) for engine, of in stages.items()}
    assert records["ctranslate2"] == records["transformers"]
