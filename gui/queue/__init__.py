"""The queue as the user sees it: three levels, drag and drop from outside, context menu."""
