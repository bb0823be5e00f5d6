"""What things are: jobs, datasets, the head, and the rules for changing them. Nothing here does input or output."""
