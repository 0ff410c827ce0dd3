"""Files of content to rows that can be inserted: read, map, check. Writes nothing and knows no database."""

from campaignbase.ingest.columns import Columns
from campaignbase.ingest.labels import LabelMatch, match_labels
from campaignbase.ingest.read import Options, Reading, Row, read
from campaignbase.ingest.records import BadRow

__all__ = ["BadRow", "Columns", "LabelMatch", "Options", "Reading", "Row", "match_labels", "read"]
