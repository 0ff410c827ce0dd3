create function private.tg_automation_rules__name_tags()
    returns trigger
    language plpgsql
    security definer  -- a person's new word becomes a tag whatever she may insert herself
    set search_path = ''
as $$
declare
    added jsonb := coalesce(new.actions -> 'add_tags', '[]');
begin
    if jsonb_typeof(added) = 'string' then
        added := jsonb_build_array(added);
    end if;
    perform private.resolve_tags(
        new.workspace_id, array(select words.word from jsonb_array_elements_text(added) as words (word))
    );
    perform private.resolve_tags(new.workspace_id, array[new.actions ->> 'set_audience'], 'audience');
    return null;
end
$$;
comment on function private.tg_automation_rules__name_tags is
'Makes tags of the words that a rule adds and the workspace does not have yet: a person wrote them.';
revoke execute on function private.tg_automation_rules__name_tags from public, anon, authenticated, service_role;
