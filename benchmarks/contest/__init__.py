"""The contenders of `benchmarks/engines.py`: one module a library, one process a contender."""
