-- How large each table and its indexes are, and how much of it is dead.
-- Worry when dead_percent stays above 20: autovacuum does not keep up, or a forgotten transaction holds it back (see
-- pg_stat_activity); and when indexes of a table outgrow what fits in memory: search by meaning reads them all over.
select
    tables.schemaname || '.' || tables.relname as relation,
    tables.n_live_tup as live_rows,
    tables.n_dead_tup as dead_rows,
    round(100.0 * tables.n_dead_tup / nullif(tables.n_live_tup + tables.n_dead_tup, 0), 1)::double precision
        as dead_percent,
    pg_size_pretty(pg_total_relation_size(tables.relid)) as total,
    pg_size_pretty(pg_table_size(tables.relid)) as data,
    pg_size_pretty(pg_indexes_size(tables.relid)) as indexes,
    pg_total_relation_size(tables.relid) as total_bytes,
    greatest(tables.last_vacuum, tables.last_autovacuum) as vacuumed_at
from pg_catalog.pg_stat_user_tables as tables
where tables.schemaname in ('public', 'private')
order by total_bytes desc, relation;
