"""One file for each command; the trailing underscore keeps clear of keywords and builtins."""
