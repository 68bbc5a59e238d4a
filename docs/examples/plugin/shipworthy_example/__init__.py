"""A target, a safeguard, an attack and a scenario pack, each as small as it can be."""
