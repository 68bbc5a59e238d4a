"""The nouns: what can be listed, shown and created."""
