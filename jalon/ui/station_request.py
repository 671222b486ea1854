"""What a session asks of a station plan, as its address says it."""

from pydantic import ValidationError

from jalon.model import Frozen, StationParameters

REGIONS = {"44": "Grand Est", "84": "Auvergne-Rhône-Alpes"}


class StationRequest(Frozen):
    """A region and what its stations must be."""

    region: str = "44"
    parameters: StationParameters = StationParameters()


USUAL_REQUEST = StationRequest()


def request_json(request: StationRequest) -> str:
    """Return a request in few words: what is as usual is left out."""
    return request.model_dump_json(exclude_defaults=True)


def read_request(text: str | None) -> StationRequest:
    """Return the request an address says; the usual one when it says nothing that can be used."""
    try:
        request = StationRequest.model_validate_json(text) if text else USUAL_REQUEST
    except ValidationError:
        return USUAL_REQUEST
    return request if request.region in REGIONS else USUAL_REQUEST
