"""Loops that find which lists of a sparse table lie inside others."""

import numpy as np

from geo.optimise.arrays import Flags, Floats
from geo.optimise.compiled import compiled
from geo.optimise.covering.core import Indices


@compiled
def rarest_item(start: Indices, items: Indices, back_start: Indices, line: int) -> int:
    """Return the item of `line` that the fewest lines hold."""
    best = items[start[line]]
    for place in range(start[line], start[line + 1]):
        item = items[place]
        if back_start[item + 1] - back_start[item] < back_start[best + 1] - back_start[best]:
            best = item
    return best


@compiled
def is_inside(start: Indices, items: Indices, inner: int, outer: int) -> bool:
    """Return True when every item of `inner` is in `outer`; both lists are sorted."""
    left, right = start[inner], start[outer]
    while left < start[inner + 1]:
        while right < start[outer + 1] and items[right] < items[left]:
            right += 1
        if right == start[outer + 1] or items[right] != items[left]:
            return False
        left += 1
        right += 1
    return True


@compiled
def redundant_rows(
    start: Indices, items: Indices, back_start: Indices, back_lines: Indices, step_limit: int
) -> Flags:
    """Flag the lines that hold all of another one; of identical lines the first stays.

    Lines not compared within `step_limit` comparisons stay.
    """
    line_count = len(start) - 1
    flags = np.zeros(line_count, np.bool_)
    steps = 0
    for inner in range(line_count):
        if flags[inner] or steps > step_limit:
            continue
        size = start[inner + 1] - start[inner]
        rare = rarest_item(start, items, back_start, inner)
        for place in range(back_start[rare], back_start[rare + 1]):
            outer = back_lines[place]
            outer_size = start[outer + 1] - start[outer]
            is_twin = outer_size == size and outer < inner
            if outer == inner or flags[outer] or outer_size < size or is_twin:
                continue
            steps += 1
            flags[outer] = is_inside(start, items, inner, outer)
    return flags


@compiled
def dominated_sites(
    start: Indices,
    items: Indices,
    back_start: Indices,
    back_lines: Indices,
    costs: Floats,
    step_limit: int,
) -> Flags:
    """Flag the lines that lie inside another one that costs no more; the first of twins stays.

    Lines not compared within `step_limit` comparisons stay.
    """
    line_count = len(start) - 1
    flags = np.zeros(line_count, np.bool_)
    steps = 0
    for inner in range(line_count):
        size = start[inner + 1] - start[inner]
        if size == 0:
            flags[inner] = True
            continue
        if steps > step_limit:
            continue
        rare = rarest_item(start, items, back_start, inner)
        for place in range(back_start[rare], back_start[rare + 1]):
            outer = back_lines[place]
            outer_size = start[outer + 1] - start[outer]
            is_twin = outer_size == size and costs[outer] == costs[inner] and outer > inner
            is_worse = outer_size < size or costs[outer] > costs[inner]
            if outer == inner or flags[outer] or is_worse or is_twin:
                continue
            steps += 1
            if is_inside(start, items, inner, outer):
                flags[inner] = True
                break
    return flags


@compiled
def first_twins(
    start: Indices, items: Indices, back_start: Indices, back_lines: Indices, step_limit: int
) -> Indices:
    """Return for each line the first line of the same items, itself if there is none before."""
    line_count = len(start) - 1
    twins = np.arange(line_count).astype(np.int32)
    steps = 0
    for line in range(line_count):
        size = start[line + 1] - start[line]
        if size == 0 or steps > step_limit:
            continue
        rare = rarest_item(start, items, back_start, line)
        for place in range(back_start[rare], back_start[rare + 1]):
            other = back_lines[place]
            if other >= line:
                break
            if start[other + 1] - start[other] == size:
                steps += 1
                if is_inside(start, items, line, other):
                    twins[line] = twins[other]
                    break
    return twins
