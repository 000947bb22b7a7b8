"""What stands above the player."""
