create function public.export_rows(
    -- its key is made of uuids
    table_name text,
    -- of it, in the order each row is to have
    columns text[],
    -- null: rows of all
    workspace_id uuid default null,
    -- the key of the last row there was, where the table has parents with 'true' or 'false' before it: has it one?
    after text[] default null
)
    -- a line a row, a JSON array of texts and nulls: parents first, then by key; null when there are no more
    returns text
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    source regclass;
    places text[];
    types text[];
    told text;
    page text;
begin
    select classes.oid::regclass into source
    from pg_catalog.pg_class as classes
    where
        classes.relname = export_rows.table_name
        and classes.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and classes.relkind = 'r';
    if source is null then
        raise exception using
            errcode = 'PT404',
            message = format('there is no table %L', export_rows.table_name);
    end if;

    select
        array_agg(format('kept.%I', attributes.attname) order by keys.place),
        array_agg(format_type(attributes.atttypid, attributes.atttypmod) order by keys.place)
    into places, types
    from pg_catalog.pg_index
    cross join unnest(pg_index.indkey) with ordinality as keys (number, place)
    inner join pg_catalog.pg_attribute as attributes
        on pg_index.indrelid = attributes.attrelid and keys.number = attributes.attnum
    where pg_index.indrelid = source and pg_index.indisprimary;
    if exists (select from pg_catalog.pg_attribute where attrelid = source and attname = 'parent_id') then
        places := array['(kept.parent_id is not null)'] || places;
        types := array['boolean'] || types;
    end if;

    -- texts mean the same whoever reads them: a client's JSON would round long numbers
    select
        string_agg(
            case
                when pg_type.typname = 'timestamptz'
                    then format('to_char(kept.%I at time zone ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.US"Z"'')', wanted.name)
                when pg_type.typcategory = 'A' then format('array_to_json(kept.%I)::text', wanted.name)
                else format('kept.%I::text', wanted.name)
            end,
            ', ' order by wanted.place
        )
    into told
    from unnest(export_rows.columns) with ordinality as wanted (name, place)
    left join pg_catalog.pg_attribute as attributes
        on attributes.attrelid = source and attributes.attname = wanted.name
    left join pg_catalog.pg_type on attributes.atttypid = pg_type.oid;

    execute format(
        'select string_agg(lines.line, E''\n'' order by lines.place)'
        ' from ('
        '     select'
        '         rows.line,'
        '         rows.place,'
        '         sum(octet_length(rows.line)) over (order by rows.place) - octet_length(rows.line) as before'
        '     from ('
        '         select json_build_array(%1$s)::text as line, row_number() over (order by %2$s) as place'
        '         from %3$s as kept'
        '         where ($1 is null or kept.%4$I = $1) and ($2 is null or (%2$s) > (%5$s))'
        '         order by %2$s'
        '         limit 250'
        '     ) as rows'
        ' ) as lines'
        -- one row at least, whatever its size
        ' where lines.before < 4000000',
        told,
        array_to_string(places, ', '),
        source,
        case export_rows.table_name when 'workspaces' then 'id' else 'workspace_id' end,
        (
            select string_agg(format('$2[%s]::%s', bounds.place, bounds.type), ', ' order by bounds.place)
            from unnest(types) with ordinality as bounds (type, place)
        )
    )
    into page
    using export_rows.workspace_id, export_rows.after;
    return page;
end
$$;
comment on function public.export_rows is
'Rows of a table, page by page, exactly as they are: what an export over the Data API reads. For the service only.';
revoke execute on function public.export_rows from public, anon, authenticated;
grant execute on function public.export_rows to service_role;
