"""Word alignment of a sentence and its translation: statistical, and two floors that need no training."""
