"""The harness of boundarybench: gold, submissions, scoring, leaderboard. It imports nothing of the reference systems."""

__version__ = "0.2.0"
