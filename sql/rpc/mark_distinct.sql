create function public.mark_distinct(
    workspace_id uuid,
    -- category or tag
    kind text,
    -- names
    one text,
    other text
)
    returns void
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    ids uuid[];
    changed integer;
begin
    if mark_distinct.kind = 'tag' then
        ids := array(
            select tags.id
            from public.tags
            where
                tags.workspace_id = mark_distinct.workspace_id
                and tags.name in (
                    private.find_tag(mark_distinct.workspace_id, private.fold_tag(btrim(mark_distinct.one))),
                    private.find_tag(mark_distinct.workspace_id, private.fold_tag(btrim(mark_distinct.other)))
                )
            order by tags.id
        );
    else
        ids := array(
            select categories.id
            from public.categories
            where
                categories.workspace_id = mark_distinct.workspace_id
                and categories.name in (
                    private.find_category(mark_distinct.workspace_id, mark_distinct.one),
                    private.find_category(mark_distinct.workspace_id, mark_distinct.other)
                )
            order by categories.id
        );
    end if;
    if cardinality(ids) <> 2 then
        raise exception using
            errcode = 'PT404',
            message = format(
                '''%s'' and ''%s'' are not two labels that are there', mark_distinct.one, mark_distinct.other
            ),
            hint = 'see: campaignbase tags, campaignbase categories';
    end if;
    -- the one with the lower id remembers it, so that only one row is changed
    if mark_distinct.kind = 'tag' then
        update public.tags
        set distinct_from = array_append(array_remove(tags.distinct_from, ids[2]), ids[2])
        where tags.id = ids[1];
    else
        update public.categories
        set distinct_from = array_append(array_remove(categories.distinct_from, ids[2]), ids[2])
        where categories.id = ids[1];
    end if;
    get diagnostics changed = row_count;
    if changed = 0 then
        raise exception using
            errcode = 'insufficient_privilege',
            message = 'the vocabulary may be read but not changed by you',
            hint = 'Ask an owner of the workspace for the role editor.';
    end if;
end
$$;
comment on function public.mark_distinct is
'Say that two labels are not the same, so that no merge of them is suggested again. For editors.';
revoke execute on function public.mark_distinct from public, anon;
grant execute on function public.mark_distinct to authenticated, service_role;
