create function public.confirmed_count(workspace_id uuid)
    returns table (
        -- rows a person filed that have a vector
        confirmed bigint,
        -- rows the stored head was fitted on; 0 without one
        fitted integer
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
                and content_assets.primary_category is not null
                and content_assets.embedding is not null
        ),
        coalesce(
            (
                select trained_heads.train_rows
                from private.trained_heads
                where trained_heads.workspace_id = confirmed_count.workspace_id
            ),
            0
        );
$$;
comment on function public.confirmed_count is
'How much a trained head could learn from, and how much the stored one did. For workers only.';
revoke execute on function public.confirmed_count from public, anon, authenticated;
grant execute on function public.confirmed_count to service_role;
