"""delivery finds the files, waits until they are whole, unpacks them and copies them as UTF-8 text."""
