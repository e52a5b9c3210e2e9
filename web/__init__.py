"""How is it shown?

Requests become a `SearchRequest` (``urls``), a `SearchResult` becomes a page (``pages``), JSON
(``api``) or lines on a terminal (``cli``). Only this package knows URLs, HTML, status codes and
exit codes. It depends on ``search`` only; the commands that build an index belong to ``index``
and are reached through the command line's table of commands.
"""
