"""How judges are checked: cards and canaries of machines, labels of people."""
