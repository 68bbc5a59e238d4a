"""Commands on frameworks."""
