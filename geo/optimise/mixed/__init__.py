"""Anything with rules, needs or trips, and why a request has no answer."""
