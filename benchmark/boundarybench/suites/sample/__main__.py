"""Write the sample suite's derived files: `python -m boundarybench.suites.sample`."""

from pathlib import Path

from . import derived

for name, content in derived():
    path = Path(__file__).parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")
