"""How the core works: tensors, nodes, the record of an operation, the backward pass."""
