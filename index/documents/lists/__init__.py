"""Which decisions does a list hold?

Tables -> decisions (``extract``), a row at a time (``rows``): how much was granted (``money``), and
whether all of it tallies with what the list claims (``totals``).
"""
