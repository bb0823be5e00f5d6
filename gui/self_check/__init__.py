"""`espalier --self-check`: the program tries its own parts in a home of its own and says which of them work."""
