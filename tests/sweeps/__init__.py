"""Sweeps: plans, the store, execution, precision, tables."""
