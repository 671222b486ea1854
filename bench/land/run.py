"""One tool in one process: `python -m bench.land.run TOOL WORKSPACE OUT`."""

import json
import sys
import time
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Final

FUNCTIONS: Final = {
    "jalon": ("bench.land.with_jalon", "jalon_measures"),
    "jalon-judge": ("bench.land.with_jalon", "jalon_judgement"),
    "geopandas": ("bench.land.with_geopandas", "geopandas_measures"),
    "postgis": ("bench.land.with_postgis", "postgis_measures"),
}
"""Module and function of each tool, loaded only where it runs.

Each takes the workspace and the file of answers, and yields the name of a stage once done.
"""


def run(tool: str, workspace: Path, out: Path) -> None:
    """Do the job with one tool, telling the seconds of each stage as soon as it is done."""
    started = time.monotonic()
    module, function = FUNCTIONS[tool]
    stages = getattr(import_module(module), function)(workspace, out)
    for stage in chain(["import"], stages):
        ended = time.monotonic()
        print(json.dumps({stage: round(ended - started, 2)}), flush=True)
        started = ended


if __name__ == "__main__":
    try:
        run(sys.argv[1], *map(Path, sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit("stopped")
