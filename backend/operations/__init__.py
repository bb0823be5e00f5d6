"""Long work on artefacts: one at a time, journaled, in a thread or by the engine, broken off without a trace."""
