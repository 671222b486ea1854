"""Compile the loops once and for all: `python -m geo.optimise`, run by the installation.

Without it the first plan asked for would wait for the compiler, half a minute or so.
"""

from geo.optimise.readiness import compile_loops

compile_loops()
