"""Which decisions does a list hold?

Tables -> decisions (``extract``): the rows that are a header (``heading``), and what stands below
it (``section``), a row at a time (``rows``): how much was granted (``money``), and whether all of
it tallies with what the list claims (``totals``).
"""
