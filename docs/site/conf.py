"""Sphinx's settings for the documentation site; `docs/site/build.py` lays out its pages and runs it."""

from __future__ import annotations

import sim

project = "toolate"
author = "The toolate developers"
copyright = author  # the name that Sphinx wants
version = release = sim.__version__
root_doc = "index"
suppress_warnings = ["myst.header"]  # a key is a heading of the fourth level, wherever it stands
extensions = ["myst_parser", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_block"]
smartquotes = False  # "--json" is no dash
default_role = "code"  # docstrings write names in single backticks
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
maximum_signature_line_length = 80
python_use_unqualified_type_names = True
html_theme = "furo"
html_title = "toolate"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}
