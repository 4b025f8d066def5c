# SPDX-License-Identifier: GPL-2.0
# Sphinx makes the pages into HTML by this: `make htmldocs`. Nothing beyond Sphinx itself is needed.

import os
import subprocess

_top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

project = "XTCP"
copyright = "the authors of XTCP"
version = release = subprocess.check_output([os.path.join(_top, "scripts/version")], text=True).strip()
extensions = []
root_doc = "index"
exclude_patterns = ["netlink"]
html_theme = "alabaster"
html_theme_options = {"page_width": "1100px", "show_powered_by": False}
html_show_sphinx = False
html_copy_source = False
highlight_language = "none"
nitpicky = True
