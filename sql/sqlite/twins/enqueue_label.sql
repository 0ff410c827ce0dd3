-- twin of: private.tg__enqueue_label, private.label_text, public.categories._500_enqueue,
--   public.tags._500_enqueue
create trigger categories__enqueue_insert
after insert on categories
begin
    insert into queue_job (workspace_id, kind, target_id) values (new.workspace_id, 'embed_category', new.id);
end;

create trigger categories__enqueue_update
after update of name, description, keywords on categories
when
    nullif(
        substr(
            case when trim(new.name, char(32, 9, 10, 13)) <> '' then char(10) || new.name else '' end
            || case when trim(new.description, char(32, 9, 10, 13)) <> '' then char(10) || new.description else '' end
            || coalesce(
                (
                    select case when trim(joined, char(32, 9, 10, 13)) <> '' then char(10) || joined end
                    from (select group_concat(value, ', ') as joined from json_each(new.keywords))
                ),
                ''
            ),
            2
        ),
        ''
    )
    is not
    nullif(
        substr(
            case when trim(old.name, char(32, 9, 10, 13)) <> '' then char(10) || old.name else '' end
            || case when trim(old.description, char(32, 9, 10, 13)) <> '' then char(10) || old.description else '' end
            || coalesce(
                (
                    select case when trim(joined, char(32, 9, 10, 13)) <> '' then char(10) || joined end
                    from (select group_concat(value, ', ') as joined from json_each(old.keywords))
                ),
                ''
            ),
            2
        ),
        ''
    )
begin
    insert into queue_job (workspace_id, kind, target_id) values (new.workspace_id, 'embed_category', new.id);
end;
create trigger tags__enqueue_insert
after insert on tags
begin
    insert into queue_job (workspace_id, kind, target_id) values (new.workspace_id, 'embed_tag', new.id);
end;

create trigger tags__enqueue_update
after update of name, description, keywords on tags
when
    nullif(
        substr(
            case when trim(new.name, char(32, 9, 10, 13)) <> '' then char(10) || new.name else '' end
            || case when trim(new.description, char(32, 9, 10, 13)) <> '' then char(10) || new.description else '' end
            || coalesce(
                (
                    select case when trim(joined, char(32, 9, 10, 13)) <> '' then char(10) || joined end
                    from (select group_concat(value, ', ') as joined from json_each(new.keywords))
                ),
                ''
            ),
            2
        ),
        ''
    )
    is not
    nullif(
        substr(
            case when trim(old.name, char(32, 9, 10, 13)) <> '' then char(10) || old.name else '' end
            || case when trim(old.description, char(32, 9, 10, 13)) <> '' then char(10) || old.description else '' end
            || coalesce(
                (
                    select case when trim(joined, char(32, 9, 10, 13)) <> '' then char(10) || joined end
                    from (select group_concat(value, ', ') as joined from json_each(old.keywords))
                ),
                ''
            ),
            2
        ),
        ''
    )
begin
    insert into queue_job (workspace_id, kind, target_id) values (new.workspace_id, 'embed_tag', new.id);
end;
