"""Special cases whose answer is known exactly (`oracles.json`), and the bugs that would give listed
wrong answers."""
