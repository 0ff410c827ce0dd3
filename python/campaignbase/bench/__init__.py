"""`campaignbase bench`: what this version does a second, each row beside a peer of the same run."""
