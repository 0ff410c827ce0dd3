create function private.revoke_api_key(key_id uuid)
    returns jsonb
    language plpgsql
    security definer  -- keys are written by functions only; ownership is checked below
    set search_path = ''
as $$
declare
    held public.api_keys;
begin
    select * into held
    from public.api_keys
    where
        api_keys.id = revoke_api_key.key_id
        and (
            private.caller_is_service()
            or api_keys.workspace_id in (select private.caller_owned_workspace_ids())
        )
    for update;
    if not found then
        raise exception using
            errcode = 'PT404',
            message = format('no API key %s in a workspace you own', revoke_api_key.key_id);
    end if;
    if held.revoked_at is not null then
        return to_jsonb(held);
    end if;
    update public.api_keys
    set
        revoked_at = clock_timestamp(),
        revoked_by = (select auth.uid())
    where api_keys.id = held.id
    returning * into held;
    insert into public.api_key_log (workspace_id, key_id, event, actor_id, created_at)
    values (held.workspace_id, held.id, 'revoked', held.revoked_by, held.revoked_at);
    return to_jsonb(held);
end
$$;
comment on function private.revoke_api_key is 'What public.revoke_api_key does, for an owner or the service.';
revoke execute on function private.revoke_api_key from public, anon;
grant execute on function private.revoke_api_key to authenticated, service_role;
