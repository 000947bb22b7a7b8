"""Both engines on the data that PyTorch tests its own operators with."""
