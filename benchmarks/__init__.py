"""Benchmarks: figures with the commands that give them; never part of the tests."""
