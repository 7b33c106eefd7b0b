"""file finds how a file that nobody declared is written: dialect, header, number marks, shape."""
