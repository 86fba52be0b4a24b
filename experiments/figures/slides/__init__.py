"""The figures that the slides imply and that need no training, by name; `catalogue` says which module draws what."""
