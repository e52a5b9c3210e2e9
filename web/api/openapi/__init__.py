"""How is the API described? In OpenAPI 3.1, made from the tables that the API itself is made from;
`web.api.schemas` says what the answers consist of.

| module       | holds                                                      |
|--------------|------------------------------------------------------------|
| `document`   | the whole description, as JSON values, YAML and a page     |
| `info`       | what it says of itself                                     |
| `paths`      | each operation                                             |
| `parameters` | what they take                                             |
| `responses`  | what they answer, and how they fail                        |
| `examples`   | one example of each                                        |
"""

from .document import as_yaml, page, specification
from .examples import DECISION_ID, EXAMPLES
from .paths import EXPORTS

__all__ = ["DECISION_ID", "EXAMPLES", "EXPORTS", "as_yaml", "page", "specification"]
