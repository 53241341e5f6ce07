"""Targets: measurable, attainable, split to people, calibrated by rules that were declared before."""
