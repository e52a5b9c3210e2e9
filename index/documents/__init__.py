"""What decisions does this document hold?

Bytes in, decisions out, and a report of what was not certain. ``sources`` goes through files and
folders and remembers what it read; ``readers`` turn the bytes of one format into tables or records;
``header`` and ``mapping`` say which column is which; ``extract`` and ``records`` make decisions of
them; ``sandbox`` keeps a hostile file away from the rest; ``report`` is what is told.
"""
