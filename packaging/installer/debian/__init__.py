"""Makes the package for Debian, Ubuntu and their relatives."""
