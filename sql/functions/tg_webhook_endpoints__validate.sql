create function private.tg_webhook_endpoints__validate()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
declare
    known constant text[] := array['content.labeled', 'content.review'];
    error text;
    unknown text;
begin
    -- one that is no longer accepted may still be disabled; before each delivery it is looked at again
    if tg_op = 'INSERT' or new.url <> old.url then
        error := private.webhook_url_error(
            new.url, current_setting('campaignbase.webhooks_local', true) is not distinct from 'on'
        );
    end if;
    if tg_op = 'UPDATE' and new.name is distinct from old.name then
        error := 'its name cannot be changed, rules may say it; add another endpoint and remove this one';
    end if;
    select event into unknown
    from unnest(new.events) as event
    where (event = any(known)) is not true
    limit 1;
    if found and error is null then
        error := format('events: unknown event ''%s''; known: %s', left(unknown, 60), array_to_string(known, ', '));
    end if;
    if error is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('webhook ''%s'': %s', left(coalesce(new.name, ''), 100), error);
    end if;
    if tg_op = 'INSERT' then
        if
            (
                select count(*)
                from public.webhook_endpoints
                where webhook_endpoints.workspace_id = new.workspace_id
            ) >= 20
        then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('webhook ''%s'': this workspace has 20 already', left(new.name, 100)),
                hint = 'Remove one that is no longer used.';
        end if;
    elsif new.url <> old.url or new.enabled and not old.enabled then
        -- whoever changes it believes that it works now
        new.disabled_reason := null;
        new.failures := 0;
        new.failing_since := null;
        new.paused_until := null;
    end if;
    return new;
end
$$;
comment on function private.tg_webhook_endpoints__validate is
'Refuses addresses that are not public ones, and gives an endpoint that is changed or enabled a new start.';
revoke execute on function private.tg_webhook_endpoints__validate from public, anon, authenticated, service_role;
