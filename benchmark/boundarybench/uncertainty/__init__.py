"""How sure a figure is: counts in, intervals out."""
