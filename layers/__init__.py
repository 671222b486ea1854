"""MEANING: a table of a producer becomes one of our tables."""
