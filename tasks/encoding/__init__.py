"""Encode customers as numbers, and choose the encoding by comparison with a null model: arrays in, arrays out."""
