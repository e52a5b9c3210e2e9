"""How is a search answered by a cluster of OpenSearch? The seam of `search.engine`, once more.

The analysis, the plan of a query and everything above the seam are the same code as on arrays; an
index in a cluster holds ready terms. `publishing` puts a generation there, and `engine` answers
from it. Only `web` imports this, and only where the settings name a cluster.
"""
