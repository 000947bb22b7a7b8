"""Which boxes and arrows a scene has, and how they look at each step."""
