"""How is the API described? In OpenAPI 3.1, made from the tables that the API itself is made from.

| module       | holds                                                      |
|--------------|------------------------------------------------------------|
| `document`   | the whole description, as JSON values and as YAML          |
| `info`       | what it says of itself                                     |
| `paths`      | each operation                                             |
| `parameters` | what they take                                             |
| `responses`  | what they answer, and how they fail                        |
| `schemas`    | what the answers consist of                                |
| `examples`   | one example of each                                        |
| `page`       | the same for people                                        |
"""

from .document import as_yaml, specification
from .examples import DECISION_ID, EXAMPLES
from .page import page
from .paths import EXPORTS

__all__ = ["DECISION_ID", "EXAMPLES", "EXPORTS", "as_yaml", "page", "specification"]
