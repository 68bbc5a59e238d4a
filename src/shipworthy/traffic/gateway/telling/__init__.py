"""What others are told about exchanges: counters and OpenTelemetry events."""
