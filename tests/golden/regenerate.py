"""Writes the golden files anew: python tests/golden/regenerate.py, then read the diff."""

import csv
import io
import json
from pathlib import Path

from jalon.export import LEDGER_FIELDS, SITE_FIELDS, csv_fr, geojson
from jalon.land import judge
from jalon.model import LandParameters, ZanParameters
from jalon.provenance import provenance
from jalon.testing import business_park, two_communes, yearly_flows
from jalon.zan.ledger import LedgerInputs, ledger

FOLDER = Path(__file__).parent
SOURCE = provenance("golden", parameters={}, seed=1, regions=(), records=())


def sites() -> str:
    """Return every site of the business park as readable GeoJSON, without its provenance."""
    found = judge(business_park(), LandParameters()).sites
    collection = json.loads(geojson(found, SITE_FIELDS, SOURCE))
    del collection["jalon"]
    return json.dumps(collection, ensure_ascii=False, indent=1) + "\n"


def accounts() -> str:
    """Return the ledger of two communes as CSV, without its provenance."""
    flows = yearly_flows({"01001": 12.40, "01002": 0.80}, {"01001": 2.10, "01002": 0.35})
    accounts = ledger(LedgerInputs(flows, two_communes()), ZanParameters())
    content = csv_fr(accounts, LEDGER_FIELDS, SOURCE)
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return "".join(";".join(row[:-1]) + "\n" for row in rows)


GOLDEN = {"sites.geojson": sites, "comptes.csv": accounts}

if __name__ == "__main__":
    for name, content in GOLDEN.items():
        (FOLDER / name).write_text(content(), encoding="utf-8", newline="")
