"""Curves of classification and of training."""
