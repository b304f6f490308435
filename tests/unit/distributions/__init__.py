"""Laws against SciPy, closed forms and what their specs say."""
