"""Which entity goes to which span: at most one span per entity (or a stated limit), no two spans overlapping, the greatest total score."""
