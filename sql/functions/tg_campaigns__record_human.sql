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
    if
        new.primary_category is distinct from before_category
        and (
            before_category is null
            or exists (
                select
                from public.categories
                where
                    categories.workspace_id = new.workspace_id
                    and categories.name = before_category
            )
        )
    then
        perform private.record_human(new.workspace_id, null, new.id, 'category', new.primary_category, before_category);
    end if;
    return null;
end
$$;
comment on function private.tg_campaigns__record_human is
'Writes the category a person gave a campaign into the history.';
revoke execute on function private.tg_campaigns__record_human from public, anon, authenticated, service_role;
