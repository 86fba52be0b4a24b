"""Searches over settings: `sweep:` in a config, or comma lists on the command line.

    load_sweep -> Sweep -> plan (points) -> trials (point x seed) -> executor -> records -> tables, figures, best point

Every trial is an ordinary trial with an ordinary record; a sweep adds which points there are, and where they run.
"""
