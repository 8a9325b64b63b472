"""WHAT A STRANGER CAN CONCLUDE: from everything published, how closely is a hidden or rounded number of people known?

Belongs here: statements about unknown counts, and the exact limits of any sum of them that follow. Does not: which cells are hidden
and why (release/). This package imports nothing of this project, so that no error of the one is shared by the other.
"""
