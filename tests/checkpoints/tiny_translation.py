"""Small translation models shaped like those that the systems name: NLLB, M2M100, Marian. `trained` has really learnt to translate."""

import json
import random

import sentencepiece
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    M2M100Config,
    M2M100ForConditionalGeneration,
    M2M100Tokenizer,
    MarianConfig,
    MarianMTModel,
    MarianTokenizer,
    NllbTokenizer,
)

#: An invented language and what its words mean: enough for sentences like "mbo kala Tundu na Lirabe".
LEXICON = {
    "mbo": "yesterday", "sali": "today", "kala": "saw", "tira": "met", "vuno": "left", "na": "and", "kwe": "in", "ndugu": "friend",
    "soko": "market", "nyumba": "house", "mto": "river", "Tundu": "Tundo", "Lirabe": "Lirab", "Amanu": "Amano", "Osaki": "Osak",
    "Bukora": "Bukor", "Zenga": "Zeng", ".": ".",
}  # fmt: skip


def pairs(count=400, seed=0, longest=10):
    """Invented sentences with their translations, word by word."""
    draw = random.Random(seed)
    words = [word for word in LEXICON if word != "."]
    sentences = [[*draw.choices(words, k=draw.randint(1, longest)), "."] for _ in range(count)]
    return [(" ".join(sentence), " ".join(LEXICON[word] for word in sentence)) for sentence in sentences]


def nllb(folder, **changes):
    """Like facebook/nllb-200: M2M100's architecture, languages called eng_Latn."""
    bpe = Tokenizer(models.BPE(unk_token="<unk>"))
    bpe.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    bpe.train_from_iterator(_texts(), trainers.BpeTrainer(vocab_size=200, special_tokens=special, show_progress=False))
    learnt = json.loads(bpe.to_str())["model"]
    tokenizer = NllbTokenizer(vocab=learnt["vocab"], merges=[tuple(merge) for merge in learnt["merges"]], model_max_length=1024)
    return _save(folder, tokenizer, M2M100Config, M2M100ForConditionalGeneration, changes | {"decoder_start_token_id": 2})


def m2m100(folder, **changes):
    """Like facebook/m2m100: languages called __en__."""
    spm = _sentencepiece(folder, "spm")
    vocabulary = folder / "words.json"
    vocabulary.write_text(json.dumps(_pieces(spm)))
    tokenizer = M2M100Tokenizer(str(vocabulary), str(spm), model_max_length=1024)
    return _save(
        folder, tokenizer, M2M100Config, M2M100ForConditionalGeneration, changes | {"decoder_start_token_id": 2, "vocab_size": 200}
    )


def marian(folder, **changes):
    """Like Helsinki-NLP/opus-mt: one pair of languages, no codes."""
    spm = _sentencepiece(folder, "both")
    vocabulary = folder / "words.json"
    pieces = {piece: index for index, piece in enumerate(["</s>", "<unk>", *(p for p in _pieces(spm) if p[0] != "<"), "<pad>"])}
    vocabulary.write_text(json.dumps(pieces))
    tokenizer = MarianTokenizer(str(spm), str(spm), str(vocabulary), source_lang="xx", target_lang="en")
    pad = pieces["<pad>"]
    ids = {"eos_token_id": 0, "forced_eos_token_id": 0, "decoder_start_token_id": pad, "decoder_vocab_size": len(pieces)}
    return _save(folder, tokenizer, MarianConfig, MarianMTModel, changes | ids)


def trained(folder, steps=350, **changes):
    """An NLLB-shaped model that has learnt `LEXICON`: some 20 seconds on two cores."""
    nllb(folder, init_std=0.05, **({"d_model": 96} | changes))
    model = M2M100ForConditionalGeneration.from_pretrained(folder)
    tokenizer = NllbTokenizer.from_pretrained(folder)
    tokenizer.src_lang, tokenizer.tgt_lang = "swh_Latn", "eng_Latn"
    learning = torch.optim.AdamW(model.parameters(), 2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(learning, 3e-3, steps)
    examples = pairs(2000, seed=7, longest=14)
    draw = random.Random(1)
    model.train()
    for _ in range(steps):
        batch = draw.sample(examples, 48)
        inputs = tokenizer([source for source, _ in batch], text_target=[target for _, target in batch], padding=True, return_tensors="pt")
        inputs["labels"][inputs["labels"] == tokenizer.pad_token_id] = -100
        loss = model(**inputs).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        learning.step()
        schedule.step()
        learning.zero_grad()
    model.save_pretrained(folder)
    return str(folder)


def _texts():
    return [text for pair in pairs() for text in pair]


def _sentencepiece(folder, name):
    path = folder / f"{name}.model"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_texts()), model_prefix=str(folder / name), vocab_size=90, hard_vocab_limit=False, minloglevel=2
    )
    return path


def _pieces(spm):
    model = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    learnt = [model.id_to_piece(index) for index in range(model.get_piece_size())]
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    return {piece: index for index, piece in enumerate([*special, *(piece for piece in learnt if piece not in special)])}


def _save(folder, tokenizer, kind, model_of, changes):
    torch.manual_seed(0)
    shape = {"d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4}
    shape |= {"encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id}
    shape |= {"max_position_embeddings": 128, "dropout": 0.0, "attention_dropout": 0.0, "init_std": 0.3}
    model = model_of(kind(**(shape | changes)))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)
