create function private.cache_signing_key()
    returns text
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    found_key text;
begin
    select cache_signing_keys.signing_key
    into found_key
    from private.cache_signing_keys
    order by cache_signing_keys.created_at
    limit 1;
    if found_key is null then
        -- one of those who come first; a table lock wants more than the service's grants
        perform pg_advisory_xact_lock(hashtext('campaignbase.cache_signing_key'));
        select cache_signing_keys.signing_key
        into found_key
        from private.cache_signing_keys
        order by cache_signing_keys.created_at
        limit 1;
    end if;
    if found_key is null then
        found_key := encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex');
        insert into private.cache_signing_keys (signing_key)
        values (found_key);
    end if;
    return found_key;
end
$$;
comment on function private.cache_signing_key is
'The key that entries in Redis are signed with; made when it is asked for the first time.';
revoke execute on function private.cache_signing_key from public, anon, authenticated;
grant execute on function private.cache_signing_key to service_role;
