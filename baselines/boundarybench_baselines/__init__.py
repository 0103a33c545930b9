"""Reference systems of both families. The harness never imports them; its command finds their verbs by name."""
