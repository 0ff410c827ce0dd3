create function private.tg_automation_rules__validate()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
declare
    category text := coalesce(new.actions ->> 'add_category', new.actions ->> 'category');
    webhook text := new.actions ->> 'webhook';
    error text := private.rule_error(new.rule_type, new.conditions, new.actions, new.name);
begin
    -- a category that went away since does not stop other edits of the rule
    if tg_op = 'UPDATE' and category = coalesce(old.actions ->> 'add_category', old.actions ->> 'category') then
        category := null;
    end if;
    if error is null and category is not null then
        perform
        from public.categories
        where
            categories.workspace_id = new.workspace_id
            and categories.name = category;
        if not found then
            error := format('rule ''%s'': unknown category ''%s''', new.name, category);
        end if;
    end if;
    if error is null and webhook is not null then
        perform
        from public.webhook_endpoints
        where
            webhook_endpoints.workspace_id = new.workspace_id
            and webhook_endpoints.name = webhook;
        if not found then
            error := format('rule ''%s'': unknown webhook ''%s''', new.name, webhook);
        end if;
    end if;
    if error is not null then
        raise exception using errcode = 'invalid_parameter_value', message = error;
    end if;
    return new;
end
$$;
comment on function private.tg_automation_rules__validate is
'Refuses a rule that cannot be read, and one that names a category or a webhook that is not there.';
revoke execute on function private.tg_automation_rules__validate from public, anon, authenticated, service_role;
