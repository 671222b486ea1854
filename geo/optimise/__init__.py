"""Location problems: sparse matrices in, a plan with its bound out."""
