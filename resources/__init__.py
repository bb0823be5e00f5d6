"""Files that ship with Espalier: samples and icons."""
