"""Translations of target sentences, read from files and split into the words that the tagger expects."""
