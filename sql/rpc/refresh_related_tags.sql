create function public.refresh_related_tags()
    -- name of the workspace whose tags were looked at; null: none has changed enough
    returns text
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    home record;
    wanted jsonb;
begin
    -- another word, or one use in a hundred more or less
    select workspaces.id, workspaces.name, workspaces.vocabulary_version, counted.uses
    into home
    from public.workspaces
    cross join lateral (
        select coalesce(sum(tags.usage_count), 0) as uses
        from public.tags
        where tags.workspace_id = workspaces.id
    ) as counted
    where
        workspaces.related_version is distinct from workspaces.vocabulary_version
        or abs(counted.uses - workspaces.related_uses) * 100 > workspaces.related_uses
    order by workspaces.id
    limit 1;
    if home.id is null then
        return null;
    end if;
    with
    label as materialized (
        select
            tags.id,
            tags.name,
            tags.usage_count,
            extensions.subvector(tags.embedding, 1, 1536) as embedding
        from public.tags
        where tags.workspace_id = home.id
    ),
    scored as (
        select
            one.tag_id as one_id,
            other.tag_id as other_id,
            count(*) as together,
            null::double precision as similarity
        from public.content_asset_tags as one
        inner join public.content_asset_tags as other
            on
                one.content_asset_id = other.content_asset_id
                and one.tag_id <> other.tag_id
        where
            one.workspace_id = home.id
            and one.state = 'applied'
            and other.state = 'applied'
        group by one.tag_id, other.tag_id
        having count(*) >= 2
        union all
        select
            one.id,
            other.id,
            null,
            1 - (one.embedding operator(extensions.<=>) other.embedding)
        from label as one
        inner join label as other on one.id <> other.id
        where 1 - (one.embedding operator(extensions.<=>) other.embedding) >= 0.6
    ),
    ranked as (
        select
            likes.one_id,
            likes.name,
            row_number() over (partition by likes.one_id order by likes.score desc, likes.name collate "C") as place
        from (
            select
                scored.one_id,
                other.name,
                max(
                    coalesce(
                        scored.similarity,
                        scored.together / sqrt(greatest(one.usage_count, 1)::float8 * greatest(other.usage_count, 1))
                    )
                ) as score
            from scored
            inner join label as one on scored.one_id = one.id
            inner join label as other on scored.other_id = other.id
            group by scored.one_id, other.name
        ) as likes
        where likes.score >= 0.2
    )
    select jsonb_agg(jsonb_build_object('id', found.id, 'names', found.names))
    into wanted
    from (
        select
            label.id,
            coalesce(
                array_agg(ranked.name order by ranked.place) filter (where ranked.place <= 8), '{}'
            ) as names
        from label
        left join ranked on label.id = ranked.one_id
        group by label.id
    ) as found;

    -- in one order for everybody
    perform tags.id
    from public.tags
    where tags.workspace_id = home.id
    order by tags.id
    for no key update;
    update public.tags
    set related_tags = given.names
    from jsonb_to_recordset(wanted) as given (id uuid, names text[])
    where
        tags.id = given.id
        and tags.related_tags <> given.names;
    update public.workspaces
    set
        related_version = home.vocabulary_version,
        related_uses = home.uses
    where workspaces.id = home.id;
    return home.name;
end
$$;
comment on function public.refresh_related_tags is
'Find out anew which tags belong together, for one workspace whose words or uses have changed. For workers.

Two are related when content has both, or when they mean nearly the same; related_tags holds at most eight names.';
revoke execute on function public.refresh_related_tags from public, anon, authenticated;
grant execute on function public.refresh_related_tags to service_role;
