"""text recognizes what single texts are: headers, and the values below them."""
