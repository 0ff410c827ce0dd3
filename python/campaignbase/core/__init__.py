"""What Campaignbase decides from values alone: rules, words, vectors, scores.

Pure: standard library, numpy and regex; no I/O, no clock, no async. Word lists are passed in.
"""
