"""Labelled sets in the layouts that are in use."""
