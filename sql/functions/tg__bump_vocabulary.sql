create function private.tg__bump_vocabulary()
    returns trigger
    language plpgsql
    security definer  -- vocabulary_version is a machine column
    set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        update public.workspaces
        set vocabulary_version = workspaces.vocabulary_version + edited.labels
        from (select workspace_id, count(*) as labels from new_rows group by workspace_id) as edited
        where workspaces.id = edited.workspace_id;
    elsif tg_op = 'DELETE' then
        update public.workspaces
        set vocabulary_version = workspaces.vocabulary_version + edited.labels
        from (select workspace_id, count(*) as labels from old_rows group by workspace_id) as edited
        where workspaces.id = edited.workspace_id;
    elsif tg_table_name = 'categories' then
        update public.workspaces
        set vocabulary_version = workspaces.vocabulary_version + edited.labels
        from (
            select
                new_rows.workspace_id,
                count(*) as labels
            from new_rows
            inner join old_rows on new_rows.id = old_rows.id
            where
                (
                    new_rows.name, new_rows.parent_id, new_rows.description, new_rows.keywords, new_rows.examples,
                    new_rows.counter_examples, new_rows.aliases, new_rows.manual_only
                ) is distinct from (
                    old_rows.name, old_rows.parent_id, old_rows.description, old_rows.keywords, old_rows.examples,
                    old_rows.counter_examples, old_rows.aliases, old_rows.manual_only
                )
            group by new_rows.workspace_id
        ) as edited
        where workspaces.id = edited.workspace_id;
    else
        update public.workspaces
        set vocabulary_version = workspaces.vocabulary_version + edited.labels
        from (
            select
                new_rows.workspace_id,
                count(*) as labels
            from new_rows
            inner join old_rows on new_rows.id = old_rows.id
            where
                (
                    new_rows.name, new_rows.tag_type, new_rows.tag_group, new_rows.description, new_rows.keywords,
                    new_rows.examples, new_rows.counter_examples, new_rows.aliases, new_rows.manual_only
                ) is distinct from (
                    old_rows.name, old_rows.tag_type, old_rows.tag_group, old_rows.description, old_rows.keywords,
                    old_rows.examples, old_rows.counter_examples, old_rows.aliases, old_rows.manual_only
                )
            group by new_rows.workspace_id
        ) as edited
        where workspaces.id = edited.workspace_id;
    end if;
    return null;
end
$$;
comment on function private.tg__bump_vocabulary is
'Counts edited labels, one each; their counters and vectors are no edits.';
revoke execute on function private.tg__bump_vocabulary from public, anon, authenticated, service_role;
