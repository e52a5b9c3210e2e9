"""What decisions does this document hold?

Bytes in, decisions out, and a report of what was not certain. ``sources`` goes through what
``files`` finds, and takes over what ``memory`` has or lets ``reading`` read it, in the ``sandbox``.
``readers`` turn the bytes of one format into tables or records; ``extract`` and ``records`` make
decisions of them, with ``header``, ``mapping``, ``rows``, ``totals``, ``money`` and ``html``;
``report`` is what is told.
"""
