"""Who may ask, and how much: accounts, limits, the queue, the emergency stop."""

from shipworthy.traffic.gateway.admission.accounts import Accounts
from shipworthy.traffic.gateway.admission.gate import Gate
from shipworthy.traffic.gateway.admission.limits import AccountLimits, Denial
from shipworthy.traffic.gateway.admission.memory import Memory
from shipworthy.traffic.gateway.admission.stops import Stop, StopSwitch

__all__ = ["AccountLimits", "Accounts", "Denial", "Gate", "Memory", "Stop", "StopSwitch"]
