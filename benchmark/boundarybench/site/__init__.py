"""The static site: a board, and its predictions where gold is at hand, as pages that open from disk; and pictures of its charts."""
