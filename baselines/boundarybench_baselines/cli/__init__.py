"""The verbs of `boundarybench` that need the reference systems."""
