"""Why figures changed: decompositions on plain counts."""
