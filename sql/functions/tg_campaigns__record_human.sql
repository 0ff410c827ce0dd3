create function private.tg_campaigns__record_human()
    returns trigger
    language plpgsql
    security definer  -- writes history, which callers may only read
    set search_path = ''
as $$
declare
    before_category text;
begin
    if private.acting_machine() then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        before_category := old.primary_category;
    end if;
    if private.category_is_corrected(new.workspace_id, before_category, new.primary_category) then
        perform private.record_human(new.workspace_id, null, new.id, 'category', new.primary_category, before_category);
    end if;
    return null;
end
$$;
comment on function private.tg_campaigns__record_human is
'Writes the category a person gave a campaign into the history.';
revoke execute on function private.tg_campaigns__record_human from public, anon, authenticated, service_role;
