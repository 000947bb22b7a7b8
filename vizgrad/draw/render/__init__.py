"""A drawing with its positions as SVG, PNG and PDF."""
