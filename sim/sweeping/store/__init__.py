"""What is kept on the disk: results of tasks, the sweeps that were requested, their tables, and
what is done with stores (merging, querying).
"""
