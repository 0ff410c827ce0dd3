create function public.rule_results(
    -- null: all the caller may see
    workspace_id uuid default null
)
    -- labels that the rule gave and a person said something of: kept as they were, and changed
    returns table (rule_id uuid, kept_count bigint, changed_count bigint)
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        judged.rule_id,
        count(*) filter (where judged.kept) as kept_count,
        count(*) filter (where not judged.kept) as changed_count
    from (
        select
            corrections.rule_id,
            corrections.kind = 'confirmed' as kept
        from public.corrections
        where
            corrections.rule_id is not null
            and corrections.field <> 'tags'
            and (rule_results.workspace_id is null or corrections.workspace_id = rule_results.workspace_id)
        union all
        select
            (given.label ->> 'rule_id')::uuid,
            not exists (
                select
                from public.content_asset_tags as links
                where
                    links.content_asset_id = corrections.content_asset_id
                    and links.state = 'rejected'
                    and links.tag_id = tags.id
            )
        from public.corrections
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(corrections.machine_labels) = 'array' then corrections.machine_labels else '[]' end
        ) as given (label)
        -- under the name it has now, or what it was merged into; of one that is gone nobody knows any more
        inner join public.tags
            on
                corrections.workspace_id = tags.workspace_id
                and tags.name = coalesce(
                    (
                        select own.name
                        from public.tags as own
                        where own.id = (given.label ->> 'id')::uuid
                    ),
                    private.find_tag(corrections.workspace_id, private.fold_tag(given.label ->> 'name'))
                )
        where
            corrections.field = 'tags'
            and given.label ->> 'rule_id' is not null
            and (rule_results.workspace_id is null or corrections.workspace_id = rule_results.workspace_id)
    ) as judged
    group by judged.rule_id;
$$;
comment on function public.rule_results is
'How often people kept what each rule said, and how often they changed it; what nobody looked at does not count.';
revoke execute on function public.rule_results from public, anon;
grant execute on function public.rule_results to authenticated, service_role;
