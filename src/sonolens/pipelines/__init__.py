"""Wiring: which node makes which dataset. A node loops and names; formulas live in the rooms."""
