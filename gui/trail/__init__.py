"""The audit trail: everything that happened to a file, or to all of them."""
