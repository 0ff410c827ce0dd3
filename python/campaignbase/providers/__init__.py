"""Embedders and analysts behind the ports; nothing heavy is imported before it is used."""
