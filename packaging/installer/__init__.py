"""Builds what users install: the frozen program in one folder, and the packages of each system around it."""
