"""Datasets, measures, runs and comparisons."""
