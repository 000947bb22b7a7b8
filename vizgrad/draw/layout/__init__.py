"""Where the parts of a drawing stand: Graphviz gives positions, and long pictures are wrapped into rows."""
