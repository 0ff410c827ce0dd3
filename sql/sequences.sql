-- The second of the last poke of each edge function.
create sequence private.poked_embed;
create sequence private.poked_deliver;
