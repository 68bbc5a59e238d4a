"""What answers a question about boxes fast: normal forms, bitsets over them, and SAT."""
