"""Has a child process look at a file before it is trained; needs no host and takes no lock (semantics.md 9)."""
