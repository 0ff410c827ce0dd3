create function private.tg__bump_vocabulary()
    returns trigger
    language plpgsql
    security definer  -- vocabulary_version is a machine column
    set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        update public.workspaces
        set vocabulary_version = vocabulary_version + 1
        where id in (select workspace_id from new_rows);
    elsif tg_op = 'DELETE' then
        update public.workspaces
        set vocabulary_version = vocabulary_version + 1
        where id in (select workspace_id from old_rows);
    else
        update public.workspaces
        set vocabulary_version = vocabulary_version + 1
        where
            id in (
                select new_rows.workspace_id
                from new_rows
                inner join old_rows on new_rows.id = old_rows.id
                where
                    (
                        new_rows.name, new_rows.description, new_rows.keywords, new_rows.examples,
                        new_rows.counter_examples, new_rows.manual_only
                    ) is distinct from (
                        old_rows.name, old_rows.description, old_rows.keywords, old_rows.examples,
                        old_rows.counter_examples, old_rows.manual_only
                    )
            );
    end if;
    return null;
end
$$;
comment on function private.tg__bump_vocabulary is
'Counts an edit of the vocabulary; counters and vectors of labels are not edits.';
revoke execute on function private.tg__bump_vocabulary from public, anon, authenticated, service_role;
