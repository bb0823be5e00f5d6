"""Which Python runs the children of this program: its own, or one that the user names for their own PyTorch."""
