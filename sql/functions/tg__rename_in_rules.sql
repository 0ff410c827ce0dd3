create function private.tg__rename_in_rules()
    returns trigger
    language plpgsql
    security definer  -- rules follow the label whoever renamed it
    set search_path = ''
as $$
begin
    perform private.rename_in_rules(new.workspace_id, tg_table_name = 'tags', old.name, new.name);
    return null;
end
$$;
comment on function private.tg__rename_in_rules is
'Carries the new name of a category or tag into the rules that name it.';
revoke execute on function private.tg__rename_in_rules from public, anon, authenticated, service_role;
