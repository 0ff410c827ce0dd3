create function public.revoke_api_key(key_id uuid)
    -- as its table holds it
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.revoke_api_key(revoke_api_key.key_id);
$$;
comment on function public.revoke_api_key is
'End an API key, at once and for good; it stays listed. Twice is as good as once. For owners.';
revoke execute on function public.revoke_api_key from public, anon;
grant execute on function public.revoke_api_key to authenticated, service_role;
