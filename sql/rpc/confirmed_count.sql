create function public.confirmed_count(workspace_id uuid)
    returns table (
        -- rows a head would be fitted on: those of confirmed_content
        confirmed bigint,
        -- rows the newest version of the head was fitted on; 0 without one
        fitted integer,
        -- what people corrected of machines since the newest one was fitted
        corrected bigint,
        -- labels the newest version knew and has lost since: merged into others, or removed
        lost integer
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        (
            select count(*)
            from public.content_assets
            where
                content_assets.workspace_id = confirmed_count.workspace_id
                and content_assets.confirmed_at is not null
                and not content_assets.golden
                and content_assets.primary_category is not null
                and content_assets.embedding is not null
                -- counted and not learned from, they would ask for a new fit for ever
                and not exists (
                    select
                    from public.content_assets as golden
                    where
                        golden.workspace_id = content_assets.workspace_id
                        and golden.golden
                        and golden.content_hash = content_assets.content_hash
                )
        ),
        coalesce(newest.train_rows, 0),
        (
            select count(*)
            from public.categorizations
            where
                categorizations.workspace_id = confirmed_count.workspace_id
                and categorizations.judged_id is not null
                and categorizations.field = 'category'
                and categorizations.label is distinct from categorizations.previous_label
                and (newest.created_at is null or categorizations.created_at > newest.created_at)
        ),
        greatest(
            newest.labels - (
                select count(*) from private.trained_head_labels where trained_head_labels.head_id = newest.id
            ),
            0
        )::integer
    from (select) as here
    left join (
        select
            trained_heads.id,
            trained_heads.train_rows,
            trained_heads.created_at,
            case jsonb_typeof(trained_heads.measures -> 'labels')
                when 'array' then jsonb_array_length(trained_heads.measures -> 'labels')
                else 0
            end as labels
        from public.trained_heads
        inner join public.workspaces on trained_heads.workspace_id = workspaces.id
        where
            trained_heads.workspace_id = confirmed_count.workspace_id
            -- that of other vectors says nothing of these
            and trained_heads.embedding_model
            = coalesce(workspaces.embedding_model, trained_heads.embedding_model)
        order by trained_heads.version desc
        limit 1
    ) as newest on true;
$$;
comment on function public.confirmed_count is
'How much a trained head could learn from, how much the newest version did, what people corrected since, and what it lost.

For workers only.';
revoke execute on function public.confirmed_count from public, anon, authenticated;
grant execute on function public.confirmed_count to service_role;
