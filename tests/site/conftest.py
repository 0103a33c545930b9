"""What the tests of the site share: submissions of the sample suite that are ranked, their board and its survey, the built site."""

import json
import sys
from pathlib import Path

import pytest

# The modules beside the tests can be imported: they are no package.
sys.path.insert(0, str(Path(__file__).parent))

from hostile import HOSTILE

from boards import EXAMPLES, submission
from boundarybench.leaderboard.collect import collect
from boundarybench.leaderboard.families.families_report import for_readers
from boundarybench.leaderboard.published import published
from boundarybench.leaderboard.store import Board
from boundarybench.site import build, pages
from boundarybench.site.survey import Survey, survey
from boundarybench.suites.manifests import packaged

SAMPLE = packaged()["sample"]

ZERO_SHOT = {"tracks": {"default": "zero-shot"}}


def keep_spans(folder: Path, share: float) -> None:
    """Leave the first entity in every so many sentences, so that about `share` of the entities stay."""
    for language in SAMPLE.languages:
        path = folder / "sample" / f"{language.code}.jsonl"
        records = [json.loads(line) for line in path.read_text().splitlines()]
        kept = 0.0
        for record in records:
            for k, tag in enumerate(record["tags"]):
                if tag.startswith("B-"):
                    kept += share
                    keep = kept >= 1
                    kept -= keep
                if tag != "O" and not keep:
                    record["tags"][k] = "O"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))


@pytest.fixture(scope="session")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four systems: `loud` makes errors, `quiet` makes none and predicts a third, `hostile` is a stranger's, `part` is incomplete."""
    root = tmp_path_factory.mktemp("submissions")
    submission(root, "loud", family="model-transfer", **ZERO_SHOT)
    keep_spans(submission(root, "quiet", like="example-perfect", family="annotation-projection", **ZERO_SHOT), 0.34)
    facets = json.loads((EXAMPLES / "example-perfect" / "system.json").read_text())["facets"]
    hostile = submission(
        root,
        "hostile",
        description=HOSTILE,
        authors=[HOSTILE[:90]],
        selection=HOSTILE,
        models=[{"name": HOSTILE, "revision": HOSTILE, "licence": HOSTILE}],
        facets={**facets, "encoder": HOSTILE, "source_data": [HOSTILE], "open": False},
        **ZERO_SHOT,
    )
    keep_spans(hostile, 0.8)
    submission(root, "part", langs=["de", "ar", "zh"], **ZERO_SHOT)
    return root


@pytest.fixture(scope="session")
def board(submissions: Path) -> Board:
    return collect(submissions, None)


@pytest.fixture(scope="session")
def surveyed(submissions: Path, board: Board) -> Survey:
    return survey(submissions, board)


@pytest.fixture(scope="session")
def rendered(board: Board, surveyed: Survey) -> dict[str, bytes]:
    return pages.render(board, surveyed, published(), for_readers(board))


@pytest.fixture(scope="session")
def site(rendered: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "site"
    build.write(out, rendered)
    return out
