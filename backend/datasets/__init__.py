"""From a file of conversations to typed rows, each bad line with its reason."""
