"""Unit tests: one module of `sim` at a time, mirroring its folders; no test here plays more than a
toy world."""
