create function private.begin_vector_walk()
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
    -- the default of 40 misses one in twenty of the nearest ten among 100,000 rows, this one in a hundred
    perform set_config('hnsw.ef_search', '160', true);
end
$$;
comment on function private.begin_vector_walk is
'Settings, until the end of the transaction, under which a vector index is walked to the nearest rows a caller may see.

A function cannot carry them: without a superuser, hnsw settings are refused in its definition.';
revoke execute on function private.begin_vector_walk from public, anon;
grant execute on function private.begin_vector_walk to authenticated, service_role;
