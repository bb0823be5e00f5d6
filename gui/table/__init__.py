"""A table of records as dialogs show it: columns as values, a model that changes rows, a filter, a view."""
