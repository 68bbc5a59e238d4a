"""Is the deployed path the tested one? Laboratory and field, scenario by scenario."""
