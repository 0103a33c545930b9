"""Fine-tune an encoder as a tagger, or train a small one from scratch: read from top to bottom.

Labels stand at the first sub-token of each word. Defaults are those of the published mDeBERTa tagger (Shkalikov 2024, section 4.1 and its
model card): 5 epochs, batches of 16 sentences two of which make a step, AdamW (0.9, 0.999) without weight decay, 2e-5, linear to 0,
mixed precision, seed 42. How the published XLM-R-large tagger was trained is not stated in its card; the same defaults serve for it.
The state is saved as it goes; a run that was killed goes on from there and ends with the same weights.
"""

import copy
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch.nn.utils import clip_grad_norm_
from transformers import AutoConfig, AutoModelForTokenClassification, AutoTokenizer, get_linear_schedule_with_warmup

from boundarybench import atomic
from boundarybench.errors import UsageError
from boundarybench.schemes import decode

from .checkpoints import loading, saving
from .encoding import Encoding, padded
from .machine import Precision, commit, dtype
from .tagging import characters, training_report
from .tagging.data import TaggedSentence, types_of
from .tagging.encoder import EncoderTagger
from .tagging.f1 import typed_f1

log = logging.getLogger("boundarybench")

#: The name of a model that is trained from nothing, tokenizer included.
SCRATCH = "scratch"
_IGNORED = -100  # positions that the loss leaves out: torch's own number
_STATE = "state.pt"


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What a training run is told; the defaults are those for fine-tuning. A run that is resumed must be told the same."""

    model: str
    revision: str = "main"
    epochs: int = 5
    batch_size: int = 16
    accumulation: int = 2
    learning_rate: float = 2e-5
    warmup: float = 0.0
    weight_decay: float = 0.0
    clip: float = 1.0
    precision: Precision = "auto"
    seed: int = 42


#: What suits a model from scratch: small data, many steps.
FROM_SCRATCH = MappingProxyType({"epochs": 60, "batch_size": 8, "accumulation": 1, "learning_rate": 2e-3})


@dataclass(slots=True)
class _Progress:
    """Where a run stands: epochs and steps done, the dev score after each epoch, and the best of them."""

    epoch: int = 0
    batch: int = 0
    scores: list[float] = field(default_factory=list)
    best: float = -1.0


def train(
    settings: TrainingSettings,
    training: Sequence[TaggedSentence],
    dev: Sequence[TaggedSentence],
    folder: Path,
    *,
    device: torch.device,
    about: Mapping[str, str],
    save_every: int = 500,
    watch: Callable[[Sequence[int], str, int], Iterator[int]],
) -> dict[str, Any]:
    """Train a tagger and write it to `folder`: model, tokenizer, model card (README.md) and `training.json`, which is returned.

    The weights are those of the epoch with the best typed F1 on `dev` (of equals the first); of the last epoch without `dev`. A run that
    has ended in `folder` before is not run again.

    Args:
        settings: of the run.
        training: sentences in IOB2.
        dev: sentences in IOB2, maybe none.
        folder: is made with the first saved state; holds `state.pt` until the run ends.
        device: where it runs.
        about: names of the sets, for the card.
        save_every: steps between two saved states.
        watch: wraps the batches of an epoch, for progress: (batches, epoch's name, batches already done).

    Raises:
        UsageError: the model cannot be loaded, `folder` holds another run, or the loss is no longer finite.
        NotWritten: `folder` cannot be written to; a state that was saved before stays.
    """
    checkpoint = None if settings.model == SCRATCH else commit(settings.model, settings.revision)
    identity = training_report.identity(asdict(settings) | {"checkpoint": checkpoint}, training, dev)
    if not _clean(folder) and (ended := training_report.finished(folder, identity)) is not None:
        log.info("%s: this run has ended already; its model is there", folder)
        return ended
    _be_deterministic(settings.seed, device)
    model, encoding = _start(settings, training, checkpoint)
    model.to(device)
    examples = _examples(encoding, training, model.config.label2id)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, betas=(0.9, 0.999), weight_decay=settings.weight_decay)
    batches_per_epoch = -(-len(examples) // settings.batch_size)
    steps = settings.epochs * -(-batches_per_epoch // settings.accumulation)
    schedule = get_linear_schedule_with_warmup(optimizer, round(settings.warmup * steps), steps)
    scaler = torch.amp.GradScaler(device.type, enabled=dtype(settings.precision, device) is torch.float16)
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule, "scaler": scaler}
    progress, best = _resume(folder / _STATE, parts, identity, device)

    while progress.epoch < settings.epochs:
        # Drawn from the epoch's number alone, so that a resumed epoch goes on in the same order.
        order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(settings.seed + progress.epoch)).tolist()
        groups = [order[start : start + settings.batch_size] for start in range(0, len(order), settings.batch_size)]
        model.train()
        for number in watch(range(len(groups)), f"epoch {progress.epoch + 1} of {settings.epochs}", progress.batch):
            last_of_step = (number + 1) % settings.accumulation == 0 or number + 1 == len(groups)
            with _autocast(settings, device):
                loss = _loss(model, encoding, [examples[item] for item in groups[number]], device)
            if not torch.isfinite(loss):
                raise UsageError(f"the loss is {loss.item()} in epoch {progress.epoch + 1}: lower --learning-rate, or use --precision fp32")
            in_step = min(settings.accumulation, len(groups) - number // settings.accumulation * settings.accumulation)
            scaler.scale(loss / in_step).backward()
            if not last_of_step:
                continue
            scaler.unscale_(optimizer)
            clip_grad_norm_(model.parameters(), settings.clip)
            scaler.step(optimizer)
            scaler.update()
            schedule.step()
            optimizer.zero_grad()
            progress.batch = number + 1
            if progress.batch // settings.accumulation % save_every == 0:
                _save(folder / _STATE, parts, progress, best, identity, device)
        progress.epoch, progress.batch = progress.epoch + 1, 0
        if dev:
            score = _dev_score(model, encoding, dev)
            progress.scores.append(score)
            log.info("epoch %d of %d: typed F1 %.2f on dev", progress.epoch, settings.epochs, score)
        if not dev or progress.scores[-1] > progress.best:
            progress.best = progress.scores[-1] if dev else progress.best
            best = {name: weights.detach().cpu().clone() for name, weights in model.state_dict().items()}
        _save(folder / _STATE, parts, progress, best, identity, device)

    model.load_state_dict(best)
    return _publish(
        folder,
        model,
        encoding.tokenizer,
        {
            "run": identity,
            "settings": asdict(settings) | {"checkpoint": checkpoint, "precision": str(dtype(settings.precision, device))},
            "data": training_report.data(training, dev, about),
            "dev_typed_f1": progress.scores,
            "chosen_epoch": progress.scores.index(progress.best) + 1 if dev else settings.epochs,
            "torch": str(torch.__version__),
            "device": str(device),
        },
    )


def _be_deterministic(seed: int, device: torch.device) -> None:
    torch.manual_seed(seed)
    if device.type == "cuda":  # the CPU's kernels are; these are slower, and some need room
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)


def _start(settings: TrainingSettings, training: Sequence[TaggedSentence], checkpoint: str | None) -> tuple[Any, Encoding]:
    """A model with fresh classification weights, and its tokenizer; `checkpoint` is the commit to load from the hub."""
    labels = ["O", *(f"{prefix}-{type_}" for type_ in types_of(training) for prefix in "BI")]
    model: Any
    tokenizer: Any
    names: dict[str, Any] = {"id2label": dict(enumerate(labels)), "label2id": {label: index for index, label in enumerate(labels)}}
    if settings.model == SCRATCH:
        model, tokenizer = characters.model((words for words, _ in training), names)
        return model, Encoding(tokenizer, model.config)
    revision = settings.revision if Path(settings.model).exists() else checkpoint
    with loading(settings.model, "encoder"):
        config = AutoConfig.from_pretrained(settings.model, revision=revision, **names)
        tokenizer = AutoTokenizer.from_pretrained(settings.model, revision=revision)
        # Weights are trained in fp32; autocast computes in the lower precision. A head for other labels is made anew.
        model = AutoModelForTokenClassification.from_pretrained(
            settings.model, revision=revision, config=config, dtype=torch.float32, ignore_mismatched_sizes=True
        )
    return model, Encoding(tokenizer, config)


@dataclass(frozen=True, slots=True)
class _Example:
    """A window of a sentence: sub-token ids, and the label of each (`_IGNORED` but for first sub-tokens)."""

    ids: list[int]
    labels: list[int]


def _examples(encoding: Encoding, sentences: Sequence[TaggedSentence], ids: Mapping[str, int]) -> list[_Example]:
    examples = []
    for piece in encoding.pieces([words for words, _ in sentences]):
        labels = [_IGNORED] * len(piece.ids)
        for word, place in zip(piece.words, piece.starts, strict=True):
            labels[place] = ids[sentences[piece.sentence].tags[word]]
        examples.append(_Example(piece.ids, labels))
    return examples


def _loss(model: Any, encoding: Encoding, examples: Sequence[_Example], device: torch.device) -> torch.Tensor:
    """The mean cross-entropy of a batch over its first sub-tokens."""
    ids = padded([example.ids for example in examples], encoding.tokenizer.pad_token_id, device)
    mask = padded([[1] * len(example.ids) for example in examples], 0, device)
    labels = padded([example.labels for example in examples], _IGNORED, device)
    loss: torch.Tensor = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    return loss


def _autocast(settings: TrainingSettings, device: torch.device) -> AbstractContextManager[Any]:
    low = dtype(settings.precision, device)
    return nullcontext() if low is torch.float32 else torch.autocast(device.type, low)


def _dev_score(model: Any, encoding: Encoding, dev: Sequence[TaggedSentence]) -> float:
    """Typed F1 of the model as it stands; its random numbers are not touched."""
    tagged = [each for each in EncoderTagger("the model in training", model, encoding, 8192, {}).tag([words for words, _ in dev]) if each]
    if len(tagged) < len(dev):
        raise UsageError(f"{len(dev) - len(tagged)} sentences of the dev set do not fit into memory; split them, or use another device")
    return typed_f1((decode(tags) for _, tags in dev), (decode(each.tags) for each in tagged))


def _clean(folder: Path) -> bool:
    """Whether `folder` holds a saved state; what a killed run has left half-written goes."""
    atomic.remove_dead(folder.glob(atomic.TEMPORARY))
    return (folder / _STATE).exists()


def _save(
    path: Path, parts: Mapping[str, Any], progress: _Progress, best: Mapping[str, Any] | None, identity: str, device: torch.device
) -> None:
    """Write all that the rest of the run depends on, whole or not at all."""
    state = {name: part.state_dict() for name, part in parts.items()}
    state |= {"progress": asdict(progress), "best": best, "identity": identity, "random": torch.get_rng_state()}
    if device.type == "cuda":
        state["random_cuda"] = torch.cuda.get_rng_state(device)
    with atomic.making(path.parent), atomic.replacing(path) as file, saving():
        torch.save(state, file)


def _resume(path: Path, parts: Mapping[str, Any], identity: str, device: torch.device) -> tuple[_Progress, dict[str, Any] | None]:
    """Take up the state at `path`, if there is one."""
    if not path.exists():
        return _Progress(), None
    state = torch.load(path, map_location="cpu", weights_only=True)
    if state["identity"] != identity:
        raise UsageError(f"{path.parent}: holds a run with other settings or data; choose another folder, or remove it")
    for name, part in parts.items():
        part.load_state_dict(copy.copy(state[name]))
    torch.set_rng_state(state["random"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(state["random_cuda"], device)
    progress = _Progress(**state["progress"])
    log.info("going on at epoch %d, batch %d", progress.epoch + 1, progress.batch + 1)
    return progress, state["best"]


def _publish(folder: Path, model: Any, tokenizer: Any, report: dict[str, Any]) -> dict[str, Any]:
    """Write the finished model and its report, which is returned; only then does the saved state go."""
    with atomic.adding_to(folder) as new, saving():
        model.save_pretrained(new)
        tokenizer.save_pretrained(new)
    report["weights"] = training_report.weights(folder, "*.safetensors")
    training_report.write(folder, report)
    (folder / _STATE).unlink()
    return report
