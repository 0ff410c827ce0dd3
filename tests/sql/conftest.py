from tests.sql.scene import module_database, scene

__all__ = ["module_database", "scene"]
