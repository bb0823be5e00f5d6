"""What is to be trained next, and in which order."""
