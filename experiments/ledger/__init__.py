"""The ledger: what the lectures print, held against what was computed, and the verdict on each."""
