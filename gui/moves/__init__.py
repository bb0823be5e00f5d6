"""How the head came to be: every training and choice of a model, and what was undone."""
