"""Commands of live traffic."""
