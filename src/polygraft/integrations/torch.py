"""PyTorch: nothing is needed yet."""
