"""What is said at each step of a scene."""
