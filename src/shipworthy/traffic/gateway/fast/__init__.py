"""The fast front and its way to the model's server; they need the extra `gateway`."""

from shipworthy.traffic.gateway.fast.front import FastFront
from shipworthy.traffic.gateway.fast.pool import Pool

__all__ = ["FastFront", "Pool"]
