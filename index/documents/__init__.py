"""What decisions does this document hold?

Bytes in, decisions out, and a report of what was not certain. ``sources`` goes through what
``files`` finds, and takes over what ``memory`` has or lets ``reading`` read it, in the ``sandbox``.
``readers`` turn the bytes of one format into tables, running text or records; ``records`` reads the
latter, and ``forms`` tries in which of its forms a document states its decisions: ``exported`` by
this service, ``lists`` or ``prose``. ``columns`` says which column is which, ``status`` what was
granted at all. ``report`` is what is told.
"""
