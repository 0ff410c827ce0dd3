-- Indexes that cost writes and may serve nobody: invalid, needless, never read.
-- Worry about invalid (drop it and build it again) and needless (covered_by serves as well: drop it)
-- at once; about never_read only when scans_since is weeks ago and the database has seen its usual
-- work; null is since it was made. Indexes that keep a key or a constraint are never listed as unread.
with found as (
    select
        pg_index.indexrelid,
        pg_index.indrelid,
        pg_index.indisvalid,
        -- what it enforces counts, whoever reads it
        pg_index.indisunique or pg_index.indisprimary or pg_index.indisexclusion as enforces,
        -- an index of the same table that begins with the same columns, and is the wider or the older of two equal ones
        (
            select min(wider_class.relname::text)
            from pg_catalog.pg_index as wider
            inner join pg_catalog.pg_class as wider_class on wider.indexrelid = wider_class.oid
            where
                wider.indrelid = pg_index.indrelid
                and wider.indexrelid <> pg_index.indexrelid
                and wider.indisvalid
                and wider_class.relam = pg_class.relam
                and wider.indexprs is null
                and pg_index.indexprs is null
                and coalesce(wider.indpred::text, '') = coalesce(pg_index.indpred::text, '')
                and (
                    (wider.indkey::text || ' ') like (pg_index.indkey::text || ' %')
                    and (wider.indclass::text || ' ') like (pg_index.indclass::text || ' %')
                    and (wider.indoption::text || ' ') like (pg_index.indoption::text || ' %')
                )
                and (
                    wider.indkey::text <> pg_index.indkey::text
                    or wider.indisunique
                    or wider.indexrelid < pg_index.indexrelid
                )
        ) as wider
    from pg_catalog.pg_index
    inner join pg_catalog.pg_class on pg_index.indexrelid = pg_class.oid
    where pg_class.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
)

select
    stats.schemaname || '.' || stats.relname as relation,
    stats.indexrelname::text as index,
    case
        when not found.indisvalid then 'invalid'
        when not found.enforces and found.wider is not null then 'needless'
        when not found.enforces and stats.idx_scan = 0 then 'never_read'
        else 'read'
    end as finding,
    case when not found.enforces then found.wider end as covered_by,
    stats.idx_scan as scans,
    database.stats_reset as scans_since,
    pg_size_pretty(pg_relation_size(found.indexrelid)) as size,
    pg_relation_size(found.indexrelid) as bytes
from found
inner join pg_catalog.pg_stat_user_indexes as stats on found.indexrelid = stats.indexrelid
cross join pg_catalog.pg_stat_database as database
where
    database.datname = current_database()
    and (
        not found.indisvalid
        or (not found.enforces and (found.wider is not null or stats.idx_scan = 0))
    )
order by array_position(array['invalid', 'needless', 'never_read'], case
    when not found.indisvalid then 'invalid'
    when found.wider is not null then 'needless'
    else 'never_read'
end), bytes desc, relation, index;
