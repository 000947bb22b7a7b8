"""Files and links in."""
