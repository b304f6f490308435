"""Measurements of speed and memory; nothing here is imported by the package."""
