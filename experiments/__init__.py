"""A program of its own, run from the repository: the baselines on real data, each a command that repeats every number it reports."""
