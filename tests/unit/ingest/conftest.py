from tests.unit.ingest.files import folder

__all__ = ["folder"]
