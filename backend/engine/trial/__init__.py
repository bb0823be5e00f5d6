"""A child process that loads a model once, so that a backup is known to be one that loads."""
