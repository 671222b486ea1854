"""Medians: the sites nearest to people on average, with or without capacities."""
