"""Serving everybody, or a given share, with as little as possible; and as near as possible."""
