"""Speed as ratios against named peers in one run; the tables stand in docs/performance.md."""
