"""From spans to figures: `pairing` (who meets whom), `figures` (what it is worth), `anatomy` (what went wrong), `score`
(one test set, all of it), `means` (a suite).
"""
