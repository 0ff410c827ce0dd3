create function public.cache_state(
    -- an epoch that the caller knows; 0: none
    since bigint default 0
)
    -- {"epoch": 3, "signing_key": "...", "scopes": {"asset:...": 3}}: the scopes declared wrong since then
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'epoch', coalesce(max(cache_invalidations.epoch), 0),
            'signing_key', private.cache_signing_key(),
            'scopes', coalesce(
                jsonb_object_agg(cache_invalidations.scope, cache_invalidations.epoch)
                filter (where cache_invalidations.epoch > cache_state.since),
                '{}'
            )
        )
    from private.cache_invalidations;
$$;
comment on function public.cache_state is
'What a process with a cache must know: which parts were declared wrong, and what entries in Redis are signed with.

For services only.';
revoke execute on function public.cache_state from public, anon, authenticated;
grant execute on function public.cache_state to service_role;
