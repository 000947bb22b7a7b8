"""The Streamlit page around the player."""
