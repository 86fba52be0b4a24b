"""Figures of experiments: one module a kind; the only package that imports matplotlib."""
