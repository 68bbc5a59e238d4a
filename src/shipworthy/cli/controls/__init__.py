"""Testing the controls around an agent."""
