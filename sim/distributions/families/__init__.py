"""The distribution families, one module each."""
