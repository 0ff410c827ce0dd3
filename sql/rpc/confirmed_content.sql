create function public.confirmed_content(
    workspace_id uuid,
    -- only rows after this id; null: from the first on
    after uuid default null,
    -- rows to return; null: all of them
    match_count integer default null
)
    -- by id
    returns table (id uuid, category_id uuid, embedding extensions.vector, confirmed_at timestamptz)
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        content_assets.id,
        categories.id,
        content_assets.embedding,
        content_assets.confirmed_at
    from public.content_assets
    inner join public.categories
        on
            content_assets.workspace_id = categories.workspace_id
            and content_assets.primary_category = categories.name
    where
        content_assets.workspace_id = confirmed_content.workspace_id
        and content_assets.confirmed_at is not null
        and not content_assets.golden
        -- nor the text of a golden row: it would be measured with what it taught
        and not exists (
            select
            from public.content_assets as golden
            where
                golden.workspace_id = content_assets.workspace_id
                and golden.golden
                and golden.content_hash = content_assets.content_hash
        )
        and content_assets.embedding is not null
        and (confirmed_content.after is null or content_assets.id > confirmed_content.after)
    order by content_assets.id
    limit confirmed_content.match_count;
$$;
comment on function public.confirmed_content is
'What a trained head learns from: vectors a person filed. For workers only.';
revoke execute on function public.confirmed_content from public, anon, authenticated;
grant execute on function public.confirmed_content to service_role;
