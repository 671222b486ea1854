"""The ZAN engine beside its rivals, in memory, from the same tables: `python -m bench.zan`."""

import argparse
import os
import platform
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from bench.zan import costs, ledgers
from bench.zan.timing import HEAD


def main() -> None:
    """Read the command line and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workdir", type=Path, help="Generated territory; without it, no costs.")
    parser.add_argument("--region", default="44")
    parser.add_argument("--parcels", type=int, default=20_000)
    parser.add_argument("--footprints", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}")
    print(f"pandas {pd.__version__}, geopandas {gpd.__version__}, shapely {shapely.__version__}")
    print(f"\n{HEAD}")
    print(*ledgers.rows(arguments.region, seed=arguments.seed), sep="\n", flush=True)
    if arguments.workdir:
        found = costs.rows(arguments.workdir, arguments.footprints, parcels=arguments.parcels)
        print(*found, sep="\n")


if __name__ == "__main__":
    main()
