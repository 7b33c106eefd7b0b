"""clustering fits k-means, scores silhouettes and chooses k: arrays in, arrays out."""
