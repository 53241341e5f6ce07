"""Distributions and estimators that figures share; deterministic, without a statistics library at run time."""
