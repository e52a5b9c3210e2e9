"""What decisions does this document hold?

Bytes in, decisions out, and a report of what was not certain. ``sources`` goes through what
``files`` finds, and takes over what ``memory`` has or lets ``reading`` read it, in the ``sandbox``.
``readers`` turn the bytes of one format into tables, running text or records. ``forms`` tries the
forms that a document may have: ``extract`` reads lists, ``labelled`` labels and values,
``protocol`` and ``grants`` running text; ``records`` reads JSON. ``names``, ``recognition``,
``header`` and ``mapping`` say which column is which; ``rows``, ``status``, ``totals``, ``money``
and ``html`` what stands in it. ``report`` is what is told, and ``template`` what a clerk may
answer.
"""
