-- twin of: private.tg_automation_rules__name_tags, public.automation_rules._500_name_tags
create trigger automation_rules__name_tags_insert
after insert on automation_rules
when new.enabled
begin
    insert into resolve_tags (workspace_id, names)
    select
        new.workspace_id,
        case json_type(new.actions, '$.add_tags')
            when 'array' then json_extract(new.actions, '$.add_tags')
            else json_array(json_extract(new.actions, '$.add_tags'))
        end
    where json_type(new.actions, '$.add_tags') in ('array', 'text');
    insert into resolve_tags (workspace_id, names, new_tag_type)
    select new.workspace_id, json_array(json_extract(new.actions, '$.set_audience')), 'audience'
    where json_type(new.actions, '$.set_audience') = 'text';
    select raise(abort, 'a rule sets a target audience that is a tag of another type; name a tag of type audience')
    from resolve_tags
    inner join tags on tags.name = json_extract(resolve_tags.resolved, '$[0]')
    where
        resolve_tags.new_tag_type = 'audience'
        and tags.workspace_id = new.workspace_id
        and tags.tag_type is not 'audience';
    delete from resolve_tags;
end;

create trigger automation_rules__name_tags_update
after update of actions, enabled on automation_rules
when new.enabled
begin
    -- a rename that passes through, and a rule that is switched on, ask for no tag that was removed
    insert into resolve_tags (workspace_id, names, asked)
    select
        new.workspace_id,
        case json_type(new.actions, '$.add_tags')
            when 'array' then json_extract(new.actions, '$.add_tags')
            else json_array(json_extract(new.actions, '$.add_tags'))
        end,
        not exists (select 1 from acting) and new.actions is not old.actions
    where json_type(new.actions, '$.add_tags') in ('array', 'text');
    insert into resolve_tags (workspace_id, names, new_tag_type)
    select new.workspace_id, json_array(json_extract(new.actions, '$.set_audience')), 'audience'
    where json_type(new.actions, '$.set_audience') = 'text';
    select raise(abort, 'a rule sets a target audience that is a tag of another type; name a tag of type audience')
    from resolve_tags
    inner join tags on tags.name = json_extract(resolve_tags.resolved, '$[0]')
    where
        resolve_tags.new_tag_type = 'audience'
        and tags.workspace_id = new.workspace_id
        and tags.tag_type is not 'audience'
        -- a tag that got another type since stops neither its rename nor other edits of the rule
        and not exists (select 1 from acting)
        and json_extract(new.actions, '$.set_audience') is not json_extract(old.actions, '$.set_audience');
    delete from resolve_tags;
end;
