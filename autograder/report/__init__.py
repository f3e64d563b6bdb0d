"""The result document made readable: terminal, Markdown, HTML.

``view`` turns a ``Result`` into words and makes every string in it harmless; the three
renderers only lay these words out. Each is imported by its own name, so that a command
loads no template engine unless it writes HTML.
"""
