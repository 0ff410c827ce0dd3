create function private.tg_webhook_endpoints__refuse_used()
    returns trigger
    language plpgsql
    security definer  -- rules count whatever the caller may see
    set search_path = ''
as $$
declare
    rule_name text;
begin
    -- when the workspace itself goes, everything goes
    if exists (select from public.workspaces where workspaces.id = old.workspace_id) then
        select automation_rules.name into rule_name
        from public.automation_rules
        where
            automation_rules.workspace_id = old.workspace_id
            and automation_rules.actions ->> 'webhook' = old.name
        order by automation_rules.name
        limit 1;
        if found then
            raise exception using
                errcode = 'foreign_key_violation',
                message = format('webhook %s is used by rule ''%s'' and cannot be deleted', old.name, rule_name),
                hint = 'Remove the rule first, or disable the endpoint.';
        end if;
    end if;
    return old;
end
$$;
comment on function private.tg_webhook_endpoints__refuse_used is 'Keeps an endpoint that a rule names.';
revoke execute on function private.tg_webhook_endpoints__refuse_used from public, anon, authenticated, service_role;
