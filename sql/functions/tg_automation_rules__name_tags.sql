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
    if
        new.actions ->> 'set_audience' is not null
        -- a tag that got another type since stops neither its rename nor other edits of the rule
        and not private.acting_machine()
        and (tg_op = 'INSERT' or new.actions -> 'set_audience' is distinct from old.actions -> 'set_audience')
    then
        perform private.resolve_audience(
            new.workspace_id, new.actions ->> 'set_audience', format('rule ''%s'': ', new.name)
        );
    end if;
    return null;
end
$$;
comment on function private.tg_automation_rules__name_tags is
'Makes tags of the words that a rule adds and the workspace does not have yet: a person wrote them.

Refuses a target audience that is a tag of another type.';
revoke execute on function private.tg_automation_rules__name_tags from public, anon, authenticated, service_role;
