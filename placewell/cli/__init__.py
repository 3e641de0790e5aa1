"""The console script `placewell`: one module for each command, imported only when it is called."""
