"""The same verbs from a terminal; one module per room. Commands act as a named operator, and hold no office."""
