"""CIM grid models, as system operators exchange them (CIM100, CGMES): what their literals are, and what is wrong in them."""
