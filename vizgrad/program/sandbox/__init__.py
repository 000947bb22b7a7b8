"""What a program can reach: names, attributes, operators and modules, each guarded."""
