"""The leaderboard: stored results, ranks, markdown, published figures."""
