"""What programs say to each other: host to engine, client to host."""
