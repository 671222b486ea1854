"""PURE: geometry, distances and optimisation; no file, no network, no French law."""
