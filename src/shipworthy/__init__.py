"""Shipworthy answers one question about an AI model, with proof: is it fit to ship?"""

__version__ = "0.1.0"

__all__ = ["__version__"]
