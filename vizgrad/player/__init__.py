"""The step player: a trace as something to step through, in Streamlit or in one HTML file."""
