"""The translation score of phrases, against its formula computed pair by pair."""

import math

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("sentencepiece")
import tiny_translation  # noqa: E402
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer  # noqa: E402

from boundarybench.errors import UsageError  # noqa: E402
from boundarybench_baselines.translation.likelihood import Likelihood  # noqa: E402

#: A maker, codes of English and Swahili, and these as sub-tokens.
MODELS = {
    "nllb": (tiny_translation.nllb, ("eng_Latn", "swh_Latn"), ("eng_Latn", "swh_Latn")),
    "m2m100": (tiny_translation.m2m100, ("en", "sw"), ("__en__", "__sw__")),
}
PAIRS = [
    ("Tundo", "Tundu"),
    ("Tundo", "soko"),
    ("house and river", "nyumba na mto"),
    ("river", "nyumba na mto"),
    ("Zeng", "Zenga kwe soko"),
    ("", "mto"),
    ("Tundo", "Tundu"),
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    found = {}
    for name, (make, _, _) in MODELS.items():
        folder = tmp_path_factory.mktemp(name)
        make(folder, init_std=0.1)
        found[name] = str(folder)
    return found


def likelihood(folder, budget=2048):
    return Likelihood(folder, "main", device=torch.device("cpu"), dtype=torch.float32, budget=budget)


def by_hand(folder, marks):
    """P(A|B) as projection.md 5.4 has it, one pair at a time, one sub-token at a time, without padding or batches."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    end = tokenizer.eos_token_id

    def pieces(text):
        return [tokenizer.convert_tokens_to_ids(piece) for piece in tokenizer.tokenize(text)]

    def probability(asked, given, asked_mark, given_mark):
        source = torch.tensor([[tokenizer.convert_tokens_to_ids(given_mark), *pieces(given), end]])
        read = [model.config.decoder_start_token_id, tokenizer.convert_tokens_to_ids(asked_mark)]
        wanted = [*pieces(asked), end]
        product = 1.0
        for piece in wanted:
            with torch.no_grad():
                logits = model(input_ids=source, decoder_input_ids=torch.tensor([read])).logits[0, -1]
            product *= float(logits.double().softmax(-1)[piece])
            read.append(piece)
        return product ** (1 / len(wanted))

    def score(a, b):
        first, second = marks
        forward = probability(a, b, first, second) / probability(a, a, first, first)
        backward = probability(b, a, second, first) / probability(b, b, second, second)
        return (forward + backward) / 2

    return score


@pytest.mark.parametrize("name", MODELS)
def test_equal_to_the_formula(folders, name):
    _, codes, marks = MODELS[name]
    score = by_hand(folders[name], marks)
    found = likelihood(folders[name]).score(PAIRS, *codes)
    assert found == pytest.approx([score(a, b) for a, b in PAIRS], rel=1e-4)
    assert found[0] == found[-1]
    assert len(set(found)) == len(PAIRS) - 1


@pytest.mark.parametrize("name", MODELS)
def test_scores_depend_neither_on_batches_nor_on_order(folders, name):
    _, codes, _ = MODELS[name]
    whole = likelihood(folders[name]).score(PAIRS, *codes)
    assert likelihood(folders[name], budget=1).score(PAIRS, *codes) == pytest.approx(whole, rel=1e-4)
    assert likelihood(folders[name], budget=40).score(PAIRS[::-1], *codes)[::-1] == pytest.approx(whole, rel=1e-4)
    turned = likelihood(folders[name]).score([(b, a) for a, b in PAIRS], *codes[::-1])
    assert turned == pytest.approx(whole, rel=1e-4)


def test_a_text_is_the_perfect_translation_of_itself(folders):
    same = [(text, text) for text, _ in PAIRS]
    assert likelihood(folders["nllb"]).score(same, "eng_Latn", "eng_Latn") == pytest.approx([1] * len(same))


def test_each_question_is_asked_once(folders, monkeypatch):
    ours = likelihood(folders["nllb"], budget=10**6)
    compute, asked = ours._compute, []
    monkeypatch.setattr(ours, "_compute", lambda given, wanted: asked.extend(zip(given, wanted, strict=True)) or compute(given, wanted))
    ours.score([("Tundo", "Tundu"), ("Tundo", "soko"), ("Tundo", "Tundu")], "eng_Latn", "swh_Latn")
    # Two pairs in two directions, and three texts by themselves.
    assert len(asked) == len({(tuple(given), tuple(wanted)) for given, wanted in asked}) == 7


def test_no_pairs(folders):
    assert likelihood(folders["nllb"]).score([], "eng_Latn", "swh_Latn") == []


def test_where_memory_runs_out_there_is_no_score(folders, monkeypatch):
    ours = likelihood(folders["nllb"])
    compute = ours._compute
    longest = max(len(ids) for ids in ours._loaded.vocabulary.encode([b for _, b in PAIRS], "swh_Latn"))

    def small(given, asked):
        if len(given) > 2 or max(map(len, given)) >= longest:
            raise RuntimeError("out of memory")
        return compute(given, asked)

    whole = ours.score(PAIRS, "eng_Latn", "swh_Latn")
    monkeypatch.setattr(ours, "_compute", small)
    found = ours.score(PAIRS, "eng_Latn", "swh_Latn")
    assert 0 < found.count(None) < len(PAIRS)
    assert all(one is None or math.isclose(one, other, rel_tol=1e-4) for one, other in zip(found, whole, strict=True))


def test_a_model_of_one_direction_is_refused(tmp_path):
    with pytest.raises(UsageError, match="translates one way only"):
        likelihood(tiny_translation.marian(tmp_path))
