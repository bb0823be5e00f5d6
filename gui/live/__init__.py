"""The training under way: figures and the loss curve."""
