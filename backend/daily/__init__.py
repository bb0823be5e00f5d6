"""The daily snapshot of the head: when it is due, how it is taken, and which ones stay."""
