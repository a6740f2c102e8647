"""Benchmarks: each figure is a ratio of two things measured in turn in one run, medians of several rounds.

`make bench` writes bench/results.json as {name: {value, target, unit, holds}}.
"""
