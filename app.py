"""The Streamlit entry: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from vizgrad.ui import page

ICON = Path(__file__).parent / "assets" / "icon.svg"

st.set_page_config(page_title="vizgrad", page_icon=ICON, layout="wide")
st.navigation([st.Page(page.page, title="vizgrad", url_path="studio", default=True)], position="hidden").run()
