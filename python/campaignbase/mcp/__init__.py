"""The tools an agent works with, over MCP; see server.py."""
