"""Everything of a database moved elsewhere: to the other engine, to another server, into files."""
