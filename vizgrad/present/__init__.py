"""Everything that is shown of a run, made in a worker: the page asks with bytes and gets bytes or small structs."""
