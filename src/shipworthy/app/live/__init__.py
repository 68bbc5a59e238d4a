"""Use cases of live traffic: gateways, confirmations, monitoring, incidents."""
