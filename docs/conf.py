"""How Sphinx makes a site of these pages: `./dev docs`."""

from importlib.metadata import version as installed_version

project = "consent-middleware"
author = "its contributors"
copyright = author
release = version = installed_version("consent-middleware")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["decisions/0000-template.md"]

# Pages link to each other's headings as they do where the repository itself is read.
myst_heading_anchors = 3

autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
autoclass_content = "both"
python_use_unqualified_type_names = True
maximum_signature_line_length = 80
add_module_names = False

# Its files are all that a page needs: documentation about consent asks no third party.
html_theme = "furo"
html_title = "consent-middleware"
html_copy_source = False
html_show_sphinx = False
