create function private.begin_vector_walk(
    -- the vector index
    walked regclass
)
    returns void
    language plpgsql
    security invoker
    set search_path = ''
as $$
begin
    -- Keep walking the index until enough rows were found. The strict order would leave out what is found late and
    -- is nearer than a row before it, be that deleted or another's; vectors as wide as ours need more memory.
    perform set_config('hnsw.iterative_scan', 'relaxed_order', true);
    perform set_config('hnsw.scan_mem_multiplier', '8', true);
    -- The default of 40 finds all of the nearest ten but one in 250 among 10,000 rows, but one in twenty among
    -- 100,000; 160 all there but one in a hundred. Nobody knows yet how many: as if many.
    perform set_config(
        'hnsw.ef_search',
        (
            select
                case
                    when pg_class.reltuples > 0 then least(greatest(ceil(pg_class.reltuples / 400), 40), 160)
                    else 160
                end::text
            from pg_catalog.pg_class
            where pg_class.oid = begin_vector_walk.walked
        ),
        true
    );
end
$$;
comment on function private.begin_vector_walk is
'Settings, until the end of the transaction, under which a vector index is walked to the nearest rows a caller may see.

A function cannot carry them: without a superuser, hnsw settings are refused in its definition.';
revoke execute on function private.begin_vector_walk from public, anon;
grant execute on function private.begin_vector_walk to authenticated, service_role;
