"""`python -m data.build territories`: rebuild what the project ships."""

import argparse
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from data.build import territories
from data.fetch import cache_dir
from data.manifest import EMBEDDED
from geo.errors import JalonError


class Builder(Protocol):
    """Writes shipped files into `target`, records them in its manifest, returns their paths."""

    def __call__(self, target: Path, *, cache: Path) -> tuple[Path, ...]:
        """Keep what is downloaded on the way in `cache`."""
        ...


BUILDERS: Mapping[str, Builder] = MappingProxyType({"territories": territories.build})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the builder named on the command line; a fault is told in French, with its code."""
    parser = argparse.ArgumentParser(prog="python -m data.build", description=__doc__)
    parser.add_argument("builder", choices=sorted(BUILDERS))
    parser.add_argument("--target", type=Path, default=EMBEDDED, help="dossier d'arrivée")
    parser.add_argument("--cache", type=Path, default=cache_dir(), help="dossier des paquets")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        chosen.target.mkdir(parents=True, exist_ok=True)
        BUILDERS[chosen.builder](chosen.target, cache=chosen.cache)
    except JalonError as error:
        parser.exit(error.exit_code, f"{error}\n")


if __name__ == "__main__":
    main()
