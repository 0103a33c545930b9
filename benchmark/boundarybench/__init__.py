"""The harness of boundarybench: gold, submissions, scoring, leaderboard. It knows nothing of `baselines`."""

__version__ = "0.1.0"
