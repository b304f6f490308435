"""The engines: two independent readings of docs/model.md that must leave equal records."""
