"""The documentation, and the one part of it that is made from the code: the data dictionary.

Everything else in this folder is written by hand and checked by tests/docs: commands run, links lead
somewhere, every command of the command line stands in README.md.
"""
