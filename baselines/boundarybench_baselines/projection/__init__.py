"""Annotation projection: entities of the source sentence, carried over word links to the target sentence."""
