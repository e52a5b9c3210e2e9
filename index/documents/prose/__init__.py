"""Which decisions stand in a document that is no list?

Tables and sections of labels (``labelled``, ``label_tables``); and protocols (``protocol``): their
``matters``, the ``occasion`` on which they were decided, and what each of their ``clauses``
``grants``, to which of the ``owners``, as decisions (``granted``).
"""
