"""Distributions as people name them (median, mean, p90, sigma), and their inverse distribution
functions.

`families` holds one module per family: what a file may say of it, its numbers and its kernels.
`registry` lists the families and chooses among their kernels; `mixture` mixes them. `fields` are
the types of a scenario's fields, `quantile` is the one inverse distribution function that both
engines call, `distribution` adds mean, words and the length-biased table.
"""
