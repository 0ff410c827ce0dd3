-- twin of: private.tg_automation_rules__name_tags, public.automation_rules._500_name_tags
create trigger automation_rules__name_tags_insert
after insert on automation_rules
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
    delete from resolve_tags;
end;

create trigger automation_rules__name_tags_update
after update of actions on automation_rules
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
    delete from resolve_tags;
end;
