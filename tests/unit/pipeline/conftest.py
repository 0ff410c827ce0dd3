from tests.support.labeling import store

__all__ = ["store"]
