"""Databases behind the port `Store`: one SQLite file, or Postgres."""
