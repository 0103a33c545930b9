"""Speed of the neural stages: `python -m speed.inference [--data ../shared/data] [--size real --device cuda]`.

Sub-tokens per second of tagging against the `transformers` pipeline for `ner` with default settings (fp32, one sentence at a time), and
sentences per second of translation against `generate` over unsorted, padded batches of 32 in fp32, on shuffled test sentences of
MasakhaNER 2.0 (without --data: invented ones of such lengths). Weights are random, since speed does not depend on them: `tiny` and `mini`
models have the shape of BERT-tiny and BERT-mini and of translators as small, `small` ones that of a distilled XLM-R and of a tiny OPUS-MT,
`real` ones that of XLM-R-large (560 M) and NLLB-3.3B. Two things must not be left to random weights. The tagger's bias makes nearly all
words O, as in real text, so that no side is busy with made-up entities. And random weights never end a sentence: every batch is decoded
for as many steps as its longest source has sub-tokens, on either side. This is what `generate` does with a real model too, where finished
sentences stay in the batch; CTranslate2 takes them out, which is not seen here.

The share of the peak is 2 x parameters x sub-tokens / seconds, without padding and without the products inside attention, over what a
large matrix product reaches in the same format.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import torch
from tabulate import tabulate
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForSeq2SeqLM,
    AutoModelForTokenClassification,
    AutoTokenizer,
    M2M100Config,
    NllbTokenizer,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    pipeline,
)
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from boundarybench.columns import read_sentences
from boundarybench_baselines.machine import Machine, commit
from boundarybench_baselines.stages import SHARD
from boundarybench_baselines.tagging.tagger import TaggerSettings
from boundarybench_baselines.tagging.tagger import stage as tagging_stage
from boundarybench_baselines.translation import neural

LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
SOURCE, TARGET = "swh_Latn", "eng_Latn"
#: Sentences in a batch of the peer.
BATCH = 32
#: Logarithm of MasakhaNER 2.0's sentence lengths (30,538 test sentences): mean and standard deviation.
LENGTHS = (3.02, 0.64)
_SYLLABLES = [consonant + vowel for consonant in "bdfghjklmnprstvwyz" for vowel in "aeiou"]

#: Layers, their width, the width of the feed-forward part, words in the vocabulary.
_ENCODERS = {
    "tiny": (2, 128, 512, 8_000),
    "mini": (4, 256, 1024, 32_000),
    "small": (6, 384, 1536, 250_002),
    "real": (24, 1024, 4096, 250_002),
}
_TRANSLATORS = {
    "tiny": (2, 128, 512, 8_000),
    "mini": (2, 256, 1024, 8_000),
    "small": (4, 256, 1024, 32_000),
    "real": (24, 2048, 8192, 256_206),
}


@dataclass(frozen=True, slots=True)
class Run:
    """A way to do the work: in which number format, the floating point operations that it takes, and what does it."""

    dtype: torch.dtype
    operations: float
    work: Callable[[], object]


def main() -> int:
    """Measure, and print tables as markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the mirror of the real data")
    parser.add_argument("--size", choices=tuple(_ENCODERS), default="mini")
    parser.add_argument("--device", help="as torch names it (default: a GPU if there is one)")
    parser.add_argument("--sentences", type=int, default=SHARD, help="how many")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    set_verbosity_error()
    disable_progress_bar()
    machine = Machine(args.device)
    sentences = (_real if args.data else _invented)(args.data, args.sentences)
    with tempfile.TemporaryDirectory() as folder:
        print(_tagging(Path(folder, "tagger"), sentences, args.size, machine, args.runs), end="\n\n")
        print(_translation(Path(folder, "translator"), sentences, args.size, machine, args.runs))
    return 0


def _real(data: Path, count: int) -> list[list[str]]:
    paths = sorted(data.glob("masakhaner2/*/test.txt"))
    sentences = [list(sentence.tokens or ()) for path in paths for sentence in read_sentences(path)]
    return random.Random(0).sample(sentences, count)


def _invented(_data: None, count: int) -> list[list[str]]:
    draw = random.Random(0)
    lengths = [min(100, max(1, round(draw.lognormvariate(*LENGTHS)))) for _ in range(count)]
    return [["".join(draw.choices(_SYLLABLES, k=draw.randint(1, 4))) for _ in range(length)] for length in lengths]


def _tagging(folder: Path, sentences: list[list[str]], size: str, machine: Machine, runs: int) -> str:
    _save_tagger(folder, sentences, size, machine)
    device, dtype = machine.torch_device(), machine.torch_dtype()
    texts = [" ".join(sentence) for sentence in sentences]
    peer: Any = pipeline("ner", model=str(folder), device=device)  # type: ignore[call-overload]  # an alias that its types do not know
    stage = tagging_stage(TaggerSettings(model=str(folder)), machine)
    ours = stage.load()
    subtokens = sum(len(ids) for ids in peer.tokenizer(texts).input_ids)
    operations = 2 * _parameters(peer.model.base_model.encoder) * subtokens
    found = _timed(
        {
            "transformers pipeline, default settings": Run(torch.float32, operations, lambda: peer(texts)),
            f"boundarybench, {_name(dtype)}": Run(
                dtype,
                operations,
                lambda: [stage.compute(ours, sentences[at : at + SHARD]) for at in range(0, len(sentences), SHARD)],
            ),
        },
        runs,
    )
    title = f"tagging, {_millions(peer.model)} M parameters, {len(sentences):,} sentences, {subtokens:,} sub-tokens, {_where(device)}"
    return _table(title, "sub-tokens per second", found, subtokens, device)


def _translation(folder: Path, sentences: list[list[str]], size: str, machine: Machine, runs: int) -> str:
    _save_translator(folder, sentences, size, machine)
    device, dtype = machine.torch_device(), machine.torch_dtype()
    texts = [" ".join(sentence) for sentence in sentences]
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, src_lang=SOURCE)
    model: Any = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32).to(device).eval()
    language = tokenizer.convert_tokens_to_ids(TARGET)

    def peer() -> None:
        for start in range(0, len(texts), BATCH):
            inputs = tokenizer(texts[start : start + BATCH], padding=True, return_tensors="pt").to(device)
            steps = inputs.input_ids.shape[1]
            output = model.generate(**inputs, forced_bos_token_id=language, max_length=None, max_new_tokens=steps)
            assert output.shape[1] == steps + 1, "it ended by chance"

    subtokens = sum(len(ids) for ids in tokenizer(texts).input_ids)
    decoder = _parameters(model.model.decoder.layers) + model.lm_head.weight.numel()
    operations = 2 * (_parameters(model.model.encoder.layers) + decoder) * subtokens
    work = {f"transformers generate, batches of {BATCH}": Run(torch.float32, operations, peer)}
    for name, translator in _translators(folder, machine).items():
        work[f"boundarybench, {name}"] = Run(dtype, operations, lambda each=translator: _lengths_forced(each, texts))  # type: ignore[misc]
    title = f"translation, {_millions(model)} M parameters, {len(sentences):,} sentences, {_where(device)}"
    return _table(title, "sentences per second", _timed(work, runs), len(texts), device)


def _translators(folder: Path, machine: Machine) -> dict[str, Any]:
    """Our translator over each engine that is installed."""
    decoding = neural.Decoding()
    where: dict[str, Any] = {
        "device": machine.torch_device(),
        "dtype": machine.torch_dtype(),
        "budget": machine.batch_budget(decoding=True),
    }
    name = _name(machine.torch_dtype())
    found: dict[str, Any] = {f"transformers, {name}": neural.TransformersTranslator(str(folder), "main", decoding, **where)}
    if find_spec("ctranslate2"):
        from boundarybench_baselines.translation import ctranslate

        where["identity"] = commit(str(folder), "main")
        found[f"ctranslate2, {name}"] = ctranslate.CTranslate2Translator(str(folder), "main", decoding, **where)
        found["ctranslate2-int8"] = ctranslate.CTranslate2Translator(str(folder), "main", decoding, int8=True, **where)
    return found


def _lengths_forced(translator: Any, texts: Sequence[str]) -> None:
    """Translate, each batch for as many steps as its longest source has sub-tokens."""
    generate = type(translator)._generate

    def forced(batch: Sequence[Sequence[int]], target: str | None) -> Any:
        translator._decoding = neural.Decoding(max_new_tokens=max(map(len, batch)))
        return generate(translator, batch, target)

    translator._generate = forced
    for start in range(0, len(texts), SHARD):
        found = translator.translate(texts[start : start + SHARD], SOURCE, TARGET)
        assert all(isinstance(each, neural.Failure) for each in found), "one ended by chance"


def _timed(runs: dict[str, Run], times: int) -> dict[str, tuple[Run, float]]:
    """Median seconds of each, after a first run that is not counted; they take turns, so that a slow minute hits all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(times + 1):
        for name, run in runs.items():
            began = _clock()
            run.work()
            if turn:
                seconds[name].append(_clock() - began)
    return {name: (run, median(seconds[name])) for name, run in runs.items()}


def _clock() -> float:
    """Seconds: of the processor where one thread does the work, so that other programs do not count, else of the clock on the wall."""
    return time.process_time() if torch.get_num_threads() == 1 and not torch.cuda.is_available() else time.perf_counter()


def _table(title: str, unit: str, found: dict[str, tuple[Run, float]], count: int, device: torch.device) -> str:
    slowest = next(iter(found.values()))[1]
    peaks = {dtype: _peak(dtype, device) for dtype in {run.dtype for run, _ in found.values()}}
    rows = [
        [name, f"{count / seconds:,.0f}", f"{slowest / seconds:.1f}", f"{run.operations / seconds / peaks[run.dtype]:.1%}"]
        for name, (run, seconds) in found.items()
    ]
    reached = ", ".join(f"{_name(dtype)} {peak / 1e12:,.2f}" for dtype, peak in peaks.items())
    heads = [title, unit, "times the default", f"share of the peak (TFLOP/s: {reached})"]
    return tabulate(rows, heads, tablefmt="github", disable_numparse=True)


def _peak(dtype: torch.dtype, device: torch.device) -> float:
    """Floating point operations per second of a large matrix product: the best of ten."""
    size = 8192 if device.type == "cuda" else 2048
    left, right = (torch.randn(size, size, dtype=dtype, device=device) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        began = _clock()
        float((left @ right)[0, 0])  # waits for the result
        best = min(best, _clock() - began)
    return 2 * size**3 / best


def _save_tagger(folder: Path, sentences: Sequence[Sequence[str]], size: str, machine: Machine) -> None:
    bpe = _subwords(sentences)
    bpe.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    names = {"bos_token": "<s>", "cls_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "sep_token": "</s>", "unk_token": "<unk>"}
    layers, hidden, inner, vocabulary = _ENCODERS[size]
    config = XLMRobertaConfig(
        vocab_size=vocabulary,
        num_hidden_layers=layers,
        hidden_size=hidden,
        intermediate_size=inner,
        num_attention_heads=hidden // 64,
        max_position_embeddings=514,
        id2label=dict(enumerate(LABELS)),
        label2id={label: index for index, label in enumerate(LABELS)},
    )
    PreTrainedTokenizerFast(tokenizer_object=bpe, model_max_length=512, **names).save_pretrained(folder)
    with machine.torch_device():
        model = AutoModelForTokenClassification.from_config(config)
    torch.nn.init.constant_(model.classifier.bias[:1], 10.0)  # O
    model.save_pretrained(folder)


def _save_translator(folder: Path, sentences: Sequence[Sequence[str]], size: str, machine: Machine) -> None:
    learnt = json.loads(_subwords(sentences).to_str())["model"]
    merges: Any = [tuple(merge) for merge in learnt["merges"]]  # typed as strings, which it does not take
    tokenizer = NllbTokenizer(vocab=learnt["vocab"], merges=merges, model_max_length=1024)
    layers, hidden, inner, vocabulary = _TRANSLATORS[size]
    config = M2M100Config(
        vocab_size=vocabulary,
        encoder_layers=layers,
        decoder_layers=layers,
        d_model=hidden,
        encoder_ffn_dim=inner,
        decoder_ffn_dim=inner,
        encoder_attention_heads=hidden // 64,
        decoder_attention_heads=hidden // 64,
        decoder_start_token_id=2,
    )
    tokenizer.save_pretrained(folder)
    with machine.torch_device():
        AutoModelForSeq2SeqLM.from_config(config, dtype=machine.torch_dtype()).save_pretrained(folder)


def _subwords(sentences: Sequence[Sequence[str]]) -> Tokenizer:
    """A tokenizer learnt on these sentences, small enough to cut words about as finely as the large ones cut them."""
    bpe = Tokenizer(models.BPE(unk_token="<unk>"))
    bpe.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.BpeTrainer(vocab_size=1500, special_tokens=special, show_progress=False)
    bpe.train_from_iterator((" ".join(words) for words in sentences), trainer)
    return bpe


def _parameters(module: torch.nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())


def _millions(model: torch.nn.Module) -> str:
    return f"{_parameters(model) / 1e6:,.0f}"


def _where(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else f"{device.type}, {torch.get_num_threads()} thread(s)"


def _name(dtype: torch.dtype) -> str:
    return {torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}[dtype]


if __name__ == "__main__":
    sys.exit(main())
