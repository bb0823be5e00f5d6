"""The dialog that merges the head's adapter into its base: what will happen, how far it is, what came of it."""
