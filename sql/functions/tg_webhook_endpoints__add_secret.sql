create function private.tg_webhook_endpoints__add_secret()
    returns trigger
    language plpgsql
    security definer  -- secrets are not for callers
    set search_path = ''
as $$
begin
    insert into private.webhook_secrets (workspace_id, endpoint_id, secret)
    values (new.workspace_id, new.id, private.new_webhook_secret());
    return null;
end
$$;
comment on function private.tg_webhook_endpoints__add_secret is
'Signs from the first delivery on. Nobody has seen this secret: rotate_webhook_secret gives one to know.';
revoke execute on function private.tg_webhook_endpoints__add_secret from public, anon, authenticated, service_role;
