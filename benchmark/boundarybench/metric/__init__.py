"""The protocol as an `evaluate` metric: `evaluate.load(boundarybench.metric.PATH)`."""

from pathlib import Path

#: What `evaluate.load` takes; the module is loaded from this file, without the hub.
PATH = str(Path(__file__).with_name("boundary_precision.py"))
