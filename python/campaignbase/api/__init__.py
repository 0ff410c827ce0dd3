"""The REST API: one router a resource, over the store of whoever asks."""
