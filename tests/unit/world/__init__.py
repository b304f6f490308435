"""What chance decides, piece by piece."""
