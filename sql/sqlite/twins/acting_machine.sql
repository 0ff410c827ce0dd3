-- twin of: private.acting_machine
-- A row while our own code or one of these triggers writes labels; every other write is a person's.
-- Written and deleted inside one transaction, so that no other program ever sees it.
create table acting (
    actor text not null
) strict;
