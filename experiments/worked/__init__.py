"""The slides' pen-and-paper mathematics as small functions, one module a topic; each returns a `Finding`."""
