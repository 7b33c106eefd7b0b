"""tasks compute the night: one file per step, plain functions; the parts of a step are in the folders beside them."""
