"""What of one framework stands for what of the other, where names or scales differ."""
