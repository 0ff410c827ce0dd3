create function public.add_webhook(
    workspace_id uuid,
    -- what the action `webhook` of a rule says; never changes
    name text,
    url text,
    -- of content.labeled, content.review; rules need none
    events text[] default '{}',
    -- accept loopback too, for development; only for the service
    allow_local boolean default false
)
    -- {"endpoint": {...} as its table holds it, "secret": "whsec_..."}: nobody is told the secret again
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    added uuid;
    secret text;
begin
    if add_webhook.allow_local then
        if not private.caller_is_service() then
            raise exception using
                errcode = 'insufficient_privilege',
                message = 'allow_local is for the service alone';
        end if;
        perform set_config('campaignbase.webhooks_local', 'on', true);
    end if;
    insert into public.webhook_endpoints (workspace_id, name, url, events)
    values (add_webhook.workspace_id, add_webhook.name, add_webhook.url, add_webhook.events)
    on conflict on constraint webhook_endpoints_name_is_unique do nothing
    returning webhook_endpoints.id into added;
    perform set_config('campaignbase.webhooks_local', '', true);
    if added is null then
        raise exception using
            errcode = 'unique_violation',
            message = format('a webhook ''%s'' exists already; choose another name', add_webhook.name);
    end if;
    secret := public.rotate_webhook_secret(added, 0);
    return jsonb_build_object(
        'endpoint',
        (select to_jsonb(webhook_endpoints) from public.webhook_endpoints where webhook_endpoints.id = added),
        'secret',
        secret
    );
end
$$;
comment on function public.add_webhook is 'Add an endpoint to a workspace, and learn its secret. For owners.';
revoke execute on function public.add_webhook from public, anon;
grant execute on function public.add_webhook to authenticated, service_role;
