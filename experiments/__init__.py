"""relecture: re-run machine-learning lectures and say, item by item, what holds."""

__version__ = "0.1.0"

# Part of every trial's identity. Raise it when a change of ours changes trained numbers,
# so that old records are trained again; a release that only changes words keeps them.
NUMERICS_VERSION = 2
