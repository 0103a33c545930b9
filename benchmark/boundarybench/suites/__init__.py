"""What is measured: a folder per suite with its manifest (`suite.toml`), its gold's fingerprints (`pins.json`) and digests."""
