"""Checks of the machine and of a home, each with what to do where something is wrong."""
