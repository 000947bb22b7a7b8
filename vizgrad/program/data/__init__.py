"""`torch.utils.data` of both engines."""
