"""What all dialogs of the window share, and the part that opens them."""
