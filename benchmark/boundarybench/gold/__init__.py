"""Gold: what it is (`model`), where it comes from (`hub`, `mirror`, `sample`), and the one door to it (`load`)."""
