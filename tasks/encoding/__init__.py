"""encoding turns customers into numbers, and judges by a null which encoding shows segments: arrays in, arrays out."""
