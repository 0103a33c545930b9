"""The anatomy of errors: where boundaries break, by what the spans look like, with examples; classes are `scoring.anatomy`'s."""
