"""Scorecards: weights with dates, piecewise points, scores with intervals, ranks that admit what they cannot tell."""
