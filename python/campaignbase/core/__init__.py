"""What Campaignbase decides from values alone: rules, words, vectors, scores.

Pure: standard library, numpy, regex and rapidfuzz; no I/O, no clock, no async. Word lists are passed in.
"""
