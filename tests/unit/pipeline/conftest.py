from tests.unit.pipeline.labeling import store

__all__ = ["store"]
