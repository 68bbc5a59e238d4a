"""What our gateway reads of a request as the client of a deployed path writes it."""

from shipworthy.app.live.confirming.deployed import Tested
from shipworthy.instruments.targets.field import sent_request
from shipworthy.instruments.targets.field.asking import written
from shipworthy.kernel import Digest
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.traffic.dialects import DIALECTS_BY_NAME, Unreadable
from shipworthy.traffic.gateway.serving import reading_of
from shipworthy.traffic.passages.digests import request_digest
from shipworthy.vocabulary import Request


def asked_digest(tested: Tested, route: FieldRoute, request: Request) -> Digest:
    """Return the digest under which the log has a request; empty where a gateway reads none of it.

    Raises:
        ValueError: for a request that the route does not carry.
    """
    sampling, deployed = tested.campaign.plan.subject.sampling, tested.deployed
    body = written(route, sent_request(route, request), deployed.header.model, sampling)
    try:
        reading = reading_of(deployed.file.deployment)
        asked = DIALECTS_BY_NAME[route.dialect].read_request(body, reading)
    except Unreadable:
        return ""
    return request_digest(asked.request)
