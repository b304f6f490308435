"""What public bug reports say happened, as scenarios with claims."""
