"""Long operations in the window: their words, their progress, and what is told at their end."""
