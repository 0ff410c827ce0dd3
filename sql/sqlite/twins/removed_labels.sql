-- twin of: private.tg__remember_removed, private.tg__forget_removed,
--   public.tags._620_remember_removed, public.tags._620_forget_removed,
--   public.categories._620_remember_removed, public.categories._620_forget_removed
create trigger tags__remember_removed
after delete on tags
when
    -- what a merge or a spelling drops is no removal; when the workspace itself goes, everything goes
    not exists (select 1 from acting)
    and exists (select 1 from workspaces where id = old.workspace_id)
begin
    -- its other names mean nothing any more, those of labels merged into it too
    insert into folded_words (place, word)
    select -2, alias.value
    from json_each(old.aliases) as alias
    where length(alias.value) <= 100 and alias.value not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*';
    insert into folded_words (place, word)
    select -3, said.value
    from tags
    inner join json_each(json_insert(tags.aliases, '$[#]', tags.name)) as said
    where tags.workspace_id = old.workspace_id;
    insert into label_proposals (workspace_id, kind, name, state)
    select old.workspace_id, 'tag', word, 'removed'
    from folded_words
    where
        place = -2
        and folded <> ''
        and folded not in (select folded from folded_words where place = -3)
    order by word desc
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
    delete from folded_words where place in (-2, -3);
    insert into label_proposals (workspace_id, kind, name, state)
    values (old.workspace_id, 'tag', old.name, 'removed')
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
    update tags
    set related_tags = (
        select json_group_array(name)
        from (
            select value as name
            from json_each(tags.related_tags)
            where value <> old.name
            order by key
        )
    )
    where
        workspace_id = old.workspace_id
        and exists (select 1 from json_each(tags.related_tags) where value = old.name);
end;

create trigger tags__forget_removed_insert
after insert on tags
begin
    insert into folded_words (place, word)
    select -1, alias.value
    from json_each(new.aliases) as alias;
    delete from label_proposals
    where
        workspace_id = new.workspace_id
        and kind = 'tag'
        and (
            folded_name = new.folded_name
            or folded_name in (select folded from folded_words where place = -1)
        );
    delete from folded_words where place = -1;
end;

create trigger tags__forget_removed_update
after update of name, aliases on tags
begin
    insert into folded_words (place, word)
    select -1, alias.value
    from json_each(new.aliases) as alias;
    delete from label_proposals
    where
        workspace_id = new.workspace_id
        and kind = 'tag'
        and (
            folded_name = new.folded_name
            or folded_name in (select folded from folded_words where place = -1)
        );
    delete from folded_words where place = -1;
end;

create trigger categories__remember_removed
after delete on categories
when
    not exists (select 1 from acting)
    and exists (select 1 from workspaces where id = old.workspace_id)
    and replace(replace(replace(replace(old.name, ' ', ''), '-', ''), '_', ''), '#', '') <> ''
begin
    -- its other names mean nothing any more, those of labels merged into it too
    insert into folded_words (place, word)
    select -2, alias.value
    from json_each(old.aliases) as alias
    where length(alias.value) <= 100 and alias.value not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*';
    insert into folded_words (place, word)
    select -3, said.value
    from categories
    inner join json_each(json_insert(categories.aliases, '$[#]', categories.name)) as said
    where categories.workspace_id = old.workspace_id;
    insert into label_proposals (workspace_id, kind, name, state)
    select old.workspace_id, 'category', word, 'removed'
    from folded_words
    where
        place = -2
        and folded <> ''
        and folded not in (select folded from folded_words where place = -3)
    order by word desc
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
    delete from folded_words where place in (-2, -3);
    insert into label_proposals (workspace_id, kind, name, state)
    values (old.workspace_id, 'category', old.name, 'removed')
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
end;

create trigger categories__forget_removed_insert
after insert on categories
begin
    insert into folded_words (place, word)
    select -1, said.value
    from json_each(json_insert(new.aliases, '$[#]', new.name)) as said;
    delete from label_proposals
    where
        workspace_id = new.workspace_id
        and kind = 'category'
        and folded_name in (select folded from folded_words where place = -1);
    delete from folded_words where place = -1;
end;

create trigger categories__forget_removed_update
after update of name, aliases on categories
begin
    insert into folded_words (place, word)
    select -1, said.value
    from json_each(json_insert(new.aliases, '$[#]', new.name)) as said;
    delete from label_proposals
    where
        workspace_id = new.workspace_id
        and kind = 'category'
        and folded_name in (select folded from folded_words where place = -1);
    delete from folded_words where place = -1;
end;
