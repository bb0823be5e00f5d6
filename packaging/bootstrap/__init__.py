"""Makes the virtual environment and runs Espalier in it. Standard library only: nothing is installed yet."""
