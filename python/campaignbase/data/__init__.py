"""Word lists and the demo content shipped with the package; plain data, written for this project.

sentiment_lexicon.tsv  word or phrase TAB score, an integer -3 (worst) .. 3 (best), never 0; lower case
boosters.tsv           word or phrase TAB multiplier for the sentiment word that follows it; below 1 weakens
negators.txt           one word a line; turns the sentiment word that follows it
stopwords/<code>.txt   one function word a line, per ISO 639-1 language code
demo/                  campaigns.jsonl and assets.jsonl, the content `campaignbase demo` loads

No header lines, no comments, UTF-8, no empty lines.
"""
