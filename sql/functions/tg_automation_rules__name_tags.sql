create function private.tg_automation_rules__name_tags()
    returns trigger
    language plpgsql
    security definer  -- a person's new word becomes a tag whatever she may insert herself
    set search_path = ''
as $$
declare
    added jsonb := coalesce(new.actions -> 'add_tags', '[]');
    audience constant text := new.actions ->> 'set_audience';
begin
    if jsonb_typeof(added) = 'string' then
        added := jsonb_build_array(added);
    end if;
    if new.enabled then
        perform private.resolve_tags(
            new.workspace_id,
            array(select words.word from jsonb_array_elements_text(added) as words (word)),
            null,
            -- a rename that passes through, and a rule that is switched on, ask for no tag that was removed
            not private.acting_machine() and (tg_op = 'INSERT' or new.actions is distinct from old.actions)
        );
    end if;
    if
        audience is not null
        and not private.acting_machine()
        and (
            (new.enabled and private.find_tag(new.workspace_id, private.fold_tag(btrim(audience))) is null)
            -- a tag that got another type since stops neither its rename nor other edits of the rule
            or (
                private.find_tag(new.workspace_id, private.fold_tag(btrim(audience))) is not null
                and (
                    tg_op = 'INSERT'
                    or new.actions -> 'set_audience' is distinct from old.actions -> 'set_audience'
                )
            )
        )
    then
        perform private.resolve_audience(new.workspace_id, audience, format('rule ''%s'': ', new.name));
    end if;
    return null;
end
$$;
comment on function private.tg_automation_rules__name_tags is
'Makes tags of the words that a rule adds and the workspace does not have yet: a person wrote them.

A rule that is switched off makes none: machines use every tag there is.
Refuses a target audience that is a tag of another type.';
revoke execute on function private.tg_automation_rules__name_tags from public, anon, authenticated, service_role;
