create function private.content_neighbors(
    workspace_id uuid,
    -- not itself
    target_id uuid,
    content_hash text,
    -- unit length
    embedding extensions.vector,
    -- whether the workspace has so many that an index is faster: private.many_confirmed
    many boolean
)
    -- [{"id", "category_id", "similarity", "equal", "tags", "audience", "text"}]; null: there are none
    returns jsonb
    language plpgsql
    stable
    set search_path = ''
as $$
begin
    return (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id', nearest.id,
                    'category_id', nearest.category_id,
                    'similarity', nearest.similarity,
                    'equal', nearest.content_hash = content_neighbors.content_hash,
                    -- a person's only: what a machine said of a neighbor is no evidence
                    'tags', (
                        select coalesce(jsonb_agg(tags.name order by tags.name collate "C"), '[]')
                        from public.content_asset_tags
                        inner join public.tags on content_asset_tags.tag_id = tags.id
                        where
                            content_asset_tags.content_asset_id = nearest.id
                            and content_asset_tags.state = 'applied'
                            and content_asset_tags.source = 'human'
                    ),
                    'audience', nearest.audience,
                    -- as much as a model is shown of an example; core/prompt.py
                    'text', (
                        select
                            left(private.asset_text(
                                content_assets.content, content_assets.prompt, content_assets.alt_text,
                                content_assets.file_path
                            ), 400)
                        from public.content_assets
                        where content_assets.id = nearest.id
                    )
                )
                order by nearest.equal desc, nearest.similarity desc, nearest.id
            )
        from (
            -- the equal text may be among the nearest again
            select distinct on (confirmed.id)
                confirmed.id,
                confirmed.content_hash,
                confirmed.content_hash = content_neighbors.content_hash as equal,
                categories.id as category_id,
                1 - (confirmed.embedding operator(extensions.<=>) content_neighbors.embedding) as similarity,
                case when confirmed.audience_source = 'human' then confirmed.target_audience end as audience
            from (
                (
                    select
                        content_assets.id,
                        content_assets.workspace_id,
                        content_assets.content_hash,
                        content_assets.embedding,
                        content_assets.primary_category,
                        content_assets.target_audience,
                        content_assets.audience_source
                    from public.content_assets
                    where
                        content_assets.workspace_id = content_neighbors.workspace_id
                        and content_assets.content_hash = content_neighbors.content_hash
                        and content_assets.id <> content_neighbors.target_id
                        and content_assets.confirmed_at is not null
                        and not content_assets.golden
                        and content_assets.primary_category is not null
                        and content_assets.embedding is not null
                    order by content_assets.confirmed_at desc
                    limit 1
                )
                union all
                select
                    content_assets.id,
                    content_assets.workspace_id,
                    content_assets.content_hash,
                    content_assets.embedding,
                    content_assets.primary_category,
                    content_assets.target_audience,
                    content_assets.audience_source
                from (
                    select private.nearest_confirmed_by_index(
                        content_neighbors.workspace_id, content_neighbors.target_id, content_neighbors.embedding
                    ) as id
                    where content_neighbors.many
                    union all
                    select private.nearest_confirmed_exactly(
                        content_neighbors.workspace_id, content_neighbors.target_id, content_neighbors.embedding
                    )
                    where not content_neighbors.many
                ) as near
                inner join public.content_assets on near.id = content_assets.id
            ) as confirmed
            inner join public.categories
                on
                    confirmed.workspace_id = categories.workspace_id
                    and confirmed.primary_category = categories.name
            order by confirmed.id
        ) as nearest
    );
end
$$;
comment on function private.content_neighbors is
'The confirmed content of the same text, if there is one, then the nearest in meaning.';
revoke execute on function private.content_neighbors from public, anon, authenticated;
grant execute on function private.content_neighbors to service_role;
