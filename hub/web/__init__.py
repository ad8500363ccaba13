"""The pages: a table of routes, who may come, forms, answers, and one module for each room's pages.

Words: asked (a request as a plain value), answer, needs, unit (of work), token (of a form). Handlers are plain
functions of an Asked; hub/edge.py runs them in a thread. Nothing here decides: rooms do, and say why not.
"""
