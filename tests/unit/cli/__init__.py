"""Tests of what commands print, from numbers made up."""
