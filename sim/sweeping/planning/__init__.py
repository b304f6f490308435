"""From what a sweep asks to cells: the base on every platform, the cells with their content
addresses, the rule when a cell has enough, and the check of every cell before anything runs.
"""
