"""Fit k-means, score silhouettes and choose k: arrays in, arrays out."""
