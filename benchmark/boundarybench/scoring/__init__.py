"""From spans to figures: `pairing` (who meets whom), `totals` (how many), `figures` (what it is worth), `anatomy` (what went wrong),
`score` (one test set, all of it), `means` (a suite).
"""
