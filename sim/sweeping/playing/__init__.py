"""Play what is missing: tasks, the processes, threads or Dask workers that play them, and a dry run
that says what a plan will take.
"""
