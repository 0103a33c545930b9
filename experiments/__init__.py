"""Runs of the baselines on real data, each a command that repeats every number it reports."""
