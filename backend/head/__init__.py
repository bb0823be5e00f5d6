"""What is trained now: the head, its checkpoints, and the files that show it."""
