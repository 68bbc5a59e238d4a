"""What a rulebook means: truth of atoms, levels of fields, decisions (`spec/semantics.md`)."""
