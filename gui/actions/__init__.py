"""What the user can do: one catalogue of values that feeds toolbar, menus and context menus."""
