"""The version of the package, as manifests and stored results name it."""

__version__ = "0.1.0"
