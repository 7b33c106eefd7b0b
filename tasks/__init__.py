"""The steps of a run: one file per step, plain functions; the folders hold the parts that the steps use."""
