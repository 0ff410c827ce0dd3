from tests.integration.stack.readings import tables
from tests.support.stack import stack

__all__ = ["stack", "tables"]
