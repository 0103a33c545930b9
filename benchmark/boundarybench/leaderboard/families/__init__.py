"""The families compared: declared pairs of systems, and the best of each family per language (protocol, section 6)."""
