"""The suite that every engine passes, in the cluster: see `tests.test_engines`."""

from tests.test_engines import *  # noqa: F403
