"""Builders of what the project embeds or generates; each is deterministic."""
