"""The life of a batch: claim, embed, look around, decide, write back. Concrete parts come from wiring."""
