"""What is computed from stored sums: rows of the table, and the best policy of every cell."""
