"""Where exchanges are kept in order: segment files, brokers."""
