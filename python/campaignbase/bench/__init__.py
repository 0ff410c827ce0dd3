"""`campaignbase bench`: what this version does a second, each row beside its peer in the same run. Ratios count."""
