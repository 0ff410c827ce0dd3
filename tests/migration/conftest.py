from tests.support.supabase_cli import supabase_cli

__all__ = ["supabase_cli"]
