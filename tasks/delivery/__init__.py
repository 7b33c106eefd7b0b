"""Find the delivered files, wait until they are complete, unpack them and copy them as UTF-8 text."""
