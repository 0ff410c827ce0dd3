"""The process that labels: claims batch after batch until told to stop."""
