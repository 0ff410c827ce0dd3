from tests.support.postgres import open_folder

__all__ = ["open_folder"]
