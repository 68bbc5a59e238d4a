"""What is pointed at a model: targets, scenarios, attacks, judges, safeguards."""
