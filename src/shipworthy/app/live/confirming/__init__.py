"""Confirming a deployment: what was tested, asked again where users ask."""
