"""Entities of the source side: a CRF tagger trained from scratch."""
