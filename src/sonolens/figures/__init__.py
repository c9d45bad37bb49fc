"""What a reader sees: the paper's figures and the curves, in one visual language.

Every function returns a figure and saves nothing.
"""
