"""What happened, line by line, with levels, a filter and diagnostics to copy."""
