"""Distributions against SciPy, closed forms and what their parameters say."""
