"""Settings shared by all tests."""

from hypothesis import settings

# Seeded and without deadlines: a test must fail for what the code does, not for a busy machine.
settings.register_profile("shipworthy", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("shipworthy")
