"""Distributions as people name them (median, mean, p90, sigma), and their inverse distribution
functions.

`spec` is what a scenario file may say, `numbers` turns a spec into the few numbers of a law,
`quantile` holds the one scalar inverse distribution function that both engines call, `law` adds the
mean, quantiles, words and the length-biased table of a law.
"""
