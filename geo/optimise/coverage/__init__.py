"""Plain maximal covering: first plans, search, bounds and proofs."""
