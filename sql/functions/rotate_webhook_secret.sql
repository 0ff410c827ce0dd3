create function private.rotate_webhook_secret(
    endpoint_id uuid,
    overlap_hours integer
)
    returns text
    language plpgsql
    security definer  -- secrets are not for callers; ownership is checked below
    set search_path = ''
as $$
declare
    moment timestamptz := clock_timestamp();
    ends timestamptz := moment + make_interval(hours => least(greatest(coalesce(overlap_hours, 24), 0), 168));
    workspace uuid;
    fresh text := private.new_webhook_secret();
begin
    select webhook_endpoints.workspace_id into workspace
    from public.webhook_endpoints
    where
        webhook_endpoints.id = rotate_webhook_secret.endpoint_id
        and (
            private.caller_is_service()
            or webhook_endpoints.workspace_id in (select private.caller_owned_workspace_ids())
        )
    for no key update;
    if not found then
        raise exception using
            errcode = 'PT404',
            message = format('no webhook endpoint %s in a workspace you own', rotate_webhook_secret.endpoint_id);
    end if;
    -- two older ones at most; a rotation without overlap ends them all
    delete from private.webhook_secrets
    where
        webhook_secrets.endpoint_id = rotate_webhook_secret.endpoint_id
        and (
            webhook_secrets.expires_at <= moment
            or ends <= moment
            or webhook_secrets.id not in (
                select newest.id
                from private.webhook_secrets as newest
                where newest.endpoint_id = rotate_webhook_secret.endpoint_id
                order by newest.id desc
                limit 2
            )
        );
    update private.webhook_secrets
    set expires_at = ends
    where
        webhook_secrets.endpoint_id = rotate_webhook_secret.endpoint_id
        and webhook_secrets.expires_at is null;
    insert into private.webhook_secrets (workspace_id, endpoint_id, secret)
    values (workspace, rotate_webhook_secret.endpoint_id, fresh);
    return fresh;
end
$$;
comment on function private.rotate_webhook_secret is 'What public.rotate_webhook_secret does, for owners.';
revoke execute on function private.rotate_webhook_secret from public, anon;
grant execute on function private.rotate_webhook_secret to authenticated, service_role;
