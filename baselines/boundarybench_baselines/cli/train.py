"""Train a named entity tagger: fine-tune a multilingual encoder, train a small one from scratch, or a CRF."""

import argparse
import logging
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from boundarybench.cli.column_options import add_columns, columns_of
from boundarybench.column_layout import FOUND
from boundarybench.errors import UsageError

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  boundarybench train --model crf --train sample/en -o build/tagger
  boundarybench train --model crf --features shared --train xtreme/en -o build/shared
  boundarybench train --model scratch --train sample/en -o build/small
  boundarybench train --model microsoft/mdeberta-v3-base --train train.txt --dev dev.txt -o models/mdeberta-conll
  boundarybench train --model FacebookAI/xlm-roberta-large --train xtreme/en --dev xtreme/en -o models/xlmr-panx --device cuda
  boundarybench train --model models/mbert --train hub:eriktks/conll2003@refs/convert/parquet --dev dev.txt -o models/mine

sets: a column file (any scheme), SUITE/LANG, or hub:REPOSITORY[@REVISION][#CONFIGURATION]

A run that was killed goes on from its last saved state when it is called again, and ends with the same weights; one that has ended is not
run again. The folder then holds the model, its tokenizer, a model card and training.json.

The defaults are those of the published mDeBERTa tagger. The card of the published XLM-R-large tagger does not state how it was trained.

exit codes: 0 trained, 1 broken data, 2 usage"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", required=True, help="a hub id or a folder; `scratch` for a small neural tagger from nothing; `crf`")
    parser.add_argument("--revision", default="main", help="of the hub id (default: main)")
    parser.add_argument(
        "--features",
        choices=["words", "shared"],
        default="words",
        help="of `crf`: words; or what languages share, for those that it is not trained on",
    )
    parser.add_argument("--train", required=True, metavar="SET", help="labelled sentences")
    parser.add_argument("--dev", metavar="SET", help="labelled sentences that choose the best epoch (default: the last epoch is taken)")
    add_columns(parser, "column files")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="for the model")
    parser.add_argument("--epochs", type=int, help="default: 5; 60 from scratch")
    parser.add_argument("--batch-size", type=int, help="sentences (default: 16; 8 from scratch)")
    parser.add_argument("--accumulation", type=int, help="batches in a step (default: 2; 1 from scratch)")
    parser.add_argument("--learning-rate", type=float, help="default: 2e-5; 2e-3 from scratch")
    parser.add_argument("--warmup", type=float, default=0.0, help="share of the steps (default: 0)")
    parser.add_argument("--seed", type=int, default=42, help="default: 42")
    parser.add_argument(
        "--precision", choices=["auto", "fp32", "bf16", "fp16"], default="auto", help="auto: bf16 or fp16 on a GPU, else fp32"
    )
    parser.add_argument("--device", metavar="DEVICE", help="cpu, cuda, cuda:1, mps (default: a GPU if there is one)")
    parser.add_argument("--save-every", type=int, default=500, metavar="STEPS", help="steps between two saved states (default: 500)")


def run(args: argparse.Namespace) -> int:
    from ..stages import alone
    from ..tagging import data

    for name in ("epochs", "batch_size", "accumulation", "learning_rate", "save_every"):
        if getattr(args, name) is not None and not 0 < getattr(args, name) < math.inf:
            raise UsageError(f"--{name.replace('_', '-')} must be greater than 0")
    if not 0 <= args.warmup <= 1:
        raise UsageError("--warmup must be between 0 and 1: a share of the steps")
    if args.features != "words" and args.model != "crf":
        raise UsageError("--features goes with --model crf")
    columns = columns_of(args)
    if columns != FOUND and not any(Path(name).is_file() for name in (args.train, args.dev) if name):
        raise UsageError("--token-column and --tag-column go with a column file")
    training = data.read(args.train, "train", columns)
    dev = data.read(args.dev, "dev", columns) if args.dev else []
    log.info("%d sentences to train on, %d for dev", len(training), len(dev))
    about = {"train": args.train, "dev": args.dev or ""}
    with alone(args.output):
        if args.model == "crf":
            from ..tagging.train_crf import train as train_crf

            report = train_crf(training, dev, args.output, about, args.features)
        else:
            report = _train_encoder(args, training, dev, about)
    if report["dev_typed_f1"]:
        log.info("typed F1 on dev: %.2f", max(report["dev_typed_f1"]))
    print(args.output)
    return 0


def _train_encoder(args: argparse.Namespace, training: Any, dev: Any, about: dict[str, str]) -> dict[str, Any]:
    from .. import train
    from ..machine import device
    from .run import quiet_transformers

    quiet_transformers()
    told = {
        name: getattr(args, name) for name in ("epochs", "batch_size", "accumulation", "learning_rate") if getattr(args, name) is not None
    }
    if args.model == train.SCRATCH:
        told = {**train.FROM_SCRATCH, **told}
    settings = train.TrainingSettings(args.model, args.revision, warmup=args.warmup, precision=args.precision, seed=args.seed, **told)
    return train.train(
        settings, training, dev, args.output, device=device(args.device), about=about, save_every=args.save_every, watch=_progress
    )


def _progress(batches: Sequence[int], epoch: str, done: int) -> Iterator[int]:
    if sys.stderr is None or not sys.stderr.isatty():
        return iter(batches[done:])
    from tqdm import tqdm

    return iter(tqdm(batches[done:], desc=epoch, unit=" batches", initial=done, total=len(batches), file=sys.stderr, leave=False))
