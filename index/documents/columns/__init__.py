"""Which column is which?

The one table of names that columns go by (``names``), how a header is compared with it
(``recognition``), the header of a table (``header``), and what a TOML file beside the source says
(``mapping``), with a template of that (``template``).
"""
