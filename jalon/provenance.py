"""What every output carries: scenario, code, data, licences and the limits of the exercise."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from data.workspace import SourceRecord
from jalon.areas import vintages
from jalon.model import GENERATED_FR, LIMITS_FR

ROOMS = ("geo", "data", "layers", "jalon")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a result comes from. `code_sha256` is the hash of Jalon's own source files.

    `proof` says what is proven of a computed plan, under French names.
    """

    title: str
    scenario_sha256: str
    seed: int
    code_version: str
    code_sha256: str
    sources: tuple[dict[str, str], ...]
    limits_fr: str = LIMITS_FR
    proof: Mapping[str, object] | None = None

    @property
    def line_fr(self) -> str:
        """The provenance in one sentence, for formats that only hold rows."""
        told = ", ".join(
            f"{one['titre']} ({one['millesime']}, {one['licence']})" for one in self.sources
        )
        return (
            f"Jalon {self.code_version} (code {self.code_sha256[:12]}), "
            f"scénario {self.scenario_sha256[:12]}, graine {self.seed} ; "
            f"{self._proof_fr}sources : {told} ; {self.limits_fr}"
        )

    @property
    def _proof_fr(self) -> str:
        if self.proof is None:
            return ""
        return "".join(f"{name.replace('_', ' ')} {value} ; " for name, value in self.proof.items())

    def as_french(self) -> dict[str, object]:
        """Return the provenance under the French keys of the exports."""
        return {
            "titre": self.title,
            "scenario_sha256": self.scenario_sha256,
            "graine": self.seed,
            "version_jalon": self.code_version,
            "code_sha256": self.code_sha256,
            "sources": list(self.sources),
            "avertissement": self.limits_fr,
            **({} if self.proof is None else {"plan": dict(self.proof)}),
        }


def provenance(
    title: str,
    *,
    parameters: Mapping[str, object],
    seed: int,
    regions: Iterable[str],
    records: Iterable[SourceRecord],
) -> Provenance:
    """Return the provenance of a result asked by `parameters` on some data.

    `regions` are those whose embedded communes were read; `records` the imported sources.
    """
    return Provenance(
        title=title,
        scenario_sha256=parameters_sha256(parameters),
        seed=seed,
        code_version=version("jalon"),
        code_sha256=code_sha256(),
        sources=(*vintages(regions), *(_source(record) for record in records)),
    )


def parameters_sha256(parameters: Mapping[str, object]) -> str:
    """Return the hash of a request's values, whatever the order they were written in."""
    text = json.dumps(parameters, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _source(record: SourceRecord) -> dict[str, str]:
    fields = asdict(record)
    generated = f" ({GENERATED_FR})" if record.is_generated else ""
    return {
        "titre": f"{fields['title_fr']}{generated}",
        "producteur": record.producer,
        "licence": record.licence,
        "millesime": record.vintage or "non indiqué",
        "fichier": record.file_name,
        "table": record.table_name,
        "sha256": record.file_sha256,
        "page": record.page,
    }


@cache
def code_sha256() -> str:
    """Return the hash of every Python and TOML file of the four rooms."""
    house = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((house / room).rglob("*")):
            if path.suffix in {".py", ".toml"} and "node_modules" not in path.parts:
                digest.update(path.relative_to(house).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
