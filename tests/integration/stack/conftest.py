from tests.integration.stack.readings import tables

__all__ = ["tables"]
