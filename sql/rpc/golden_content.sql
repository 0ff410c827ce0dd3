create function public.golden_content(
    workspace_id uuid,
    -- only rows after this id; null: from the first on
    after uuid default null,
    -- rows to return; null: all of them
    match_count integer default null
)
    -- by id
    returns table (
        id uuid,
        category_id uuid,
        category text,
        text text,
        content_hash text,
        embedding extensions.vector,
        embedding_model text,
        confirmed_at timestamptz
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        content_assets.id,
        categories.id,
        categories.name,
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        content_assets.content_hash,
        content_assets.embedding,
        content_assets.embedding_model,
        content_assets.confirmed_at
    from public.content_assets
    inner join public.categories
        on
            content_assets.workspace_id = categories.workspace_id
            and content_assets.primary_category = categories.name
    where
        content_assets.workspace_id = golden_content.workspace_id
        and content_assets.golden
        and content_assets.confirmed_at is not null
        and (golden_content.after is null or content_assets.id > golden_content.after)
    order by content_assets.id
    limit golden_content.match_count;
$$;
comment on function public.golden_content is
'The golden set of a workspace: content that what is new is measured with, and the categories people gave it.';
revoke execute on function public.golden_content from public, anon;
grant execute on function public.golden_content to authenticated, service_role;
