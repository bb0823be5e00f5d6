"""The Evolution tab: what the model answered at each step, as a heat map, curves and a table."""
