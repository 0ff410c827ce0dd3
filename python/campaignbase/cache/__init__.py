"""Answers that were expensive, kept where they are quick to find: memory, Redis, a table; see manager.py."""
