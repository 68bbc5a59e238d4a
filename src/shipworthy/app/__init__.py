"""Use cases: the only place that picks concrete plug-ins and wires them together."""
