"""The tabs below the player."""
