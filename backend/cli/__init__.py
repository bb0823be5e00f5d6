"""The command line: every command asks a host, and says in words or in JSON what came of it."""
