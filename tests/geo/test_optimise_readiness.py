"""Installing compiles the loops, so that nobody waits for the compiler."""

import runpy

from numba.core.registry import CPUDispatcher

from geo.optimise.coverage import search_loops as coverage_loops
from geo.optimise.covering import ruin_loops, search_loops
from geo.optimise.median import bound_loops, capacitated_loops
from geo.optimise.mixed import search_loops as mixed_loops

ROOMS = (coverage_loops, search_loops, ruin_loops, bound_loops, capacitated_loops, mixed_loops)


def test_a_loop_of_every_room_is_compiled_by_the_installation() -> None:
    runpy.run_module("geo.optimise", run_name="__main__")
    for room in ROOMS:
        loops = [loop for loop in vars(room).values() if isinstance(loop, CPUDispatcher)]
        assert any(loop.overloads for loop in loops), room.__name__
