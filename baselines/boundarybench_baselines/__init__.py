"""Reference baselines of both families. The harness never imports them."""
