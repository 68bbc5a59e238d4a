"""The portable front, an ASGI application, and a way to the model's server without extras."""

from shipworthy.traffic.gateway.portable.asgi import AsgiGateway
from shipworthy.traffic.gateway.portable.front import PortableFront
from shipworthy.traffic.gateway.portable.upstream import AiohttpUpstream

__all__ = ["AiohttpUpstream", "AsgiGateway", "PortableFront"]
