"""A Supabase-native database for marketing content that files itself."""

__version__ = "0.1.0"
