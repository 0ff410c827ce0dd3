create function private.write_content(
    workspace_id uuid,
    assets jsonb
)
    returns uuid[]
    language sql
    volatile
    security invoker  -- the caller's policies decide what may be written
    set search_path = ''
as $$
    with
    incoming as (
        select given.*, listed.place
        from (
            select
                element.value,
                element.ordinality as place,
                -- of rows with the same source_key the last counts
                row_number() over (
                    partition by element.value ->> 'source_key'
                    order by element.ordinality desc
                ) as age
            from jsonb_array_elements(write_content.assets) with ordinality as element
        ) as listed
        cross join lateral jsonb_to_record(listed.value) as given (
            id uuid, asset_type text, content text, prompt text, alt_text text, file_path text,
            file_url text, source_key text, campaign_id uuid, generator text, generation_cost numeric,
            parameters jsonb, primary_category text, tags text[], sentiment text, target_audience text
        )
        where
            given.source_key is null
            or listed.age = 1
    ),
    known as (
        select content_assets.source_key
        from public.content_assets
        where
            content_assets.workspace_id = write_content.workspace_id
            and content_assets.source_key in (select incoming.source_key from incoming)
        for key share
    ),
    written as (
        insert into public.content_assets
        (
            id, workspace_id, asset_type, content, prompt, alt_text, file_path, file_url, source_key,
            campaign_id, generator, generation_cost, parameters, primary_category, tags, sentiment,
            target_audience
        )
        select
            coalesce(incoming.id, gen_random_uuid()),
            write_content.workspace_id,
            coalesce(incoming.asset_type, 'text'),
            incoming.content,
            incoming.prompt,
            incoming.alt_text,
            incoming.file_path,
            incoming.file_url,
            incoming.source_key,
            incoming.campaign_id,
            incoming.generator,
            incoming.generation_cost,
            coalesce(incoming.parameters, '{}'),
            incoming.primary_category,
            -- of a row that is known these are not taken, so their words must not become tags
            case when known.source_key is null then coalesce(incoming.tags, '{}') else '{}' end,
            case when known.source_key is null then incoming.sentiment end,
            case when known.source_key is null then incoming.target_audience end
        from incoming
        left join known on incoming.source_key = known.source_key
        order by incoming.place
        on conflict on constraint content_assets_source_key_is_unique do update
        set
            asset_type = excluded.asset_type,
            content = excluded.content,
            prompt = excluded.prompt,
            alt_text = excluded.alt_text,
            file_path = excluded.file_path,
            file_url = excluded.file_url,
            campaign_id = excluded.campaign_id,
            parameters = excluded.parameters,
            primary_category = coalesce(excluded.primary_category, content_assets.primary_category)
        where
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) is distinct from private.asset_text(
                excluded.content, excluded.prompt, excluded.alt_text, excluded.file_path
            )
            -- a person's label for a row that is known is news too
            or excluded.primary_category <> content_assets.primary_category
            or (excluded.primary_category is not null and content_assets.primary_category is null)
        returning content_assets.id
    )
    select coalesce(array_agg(written.id), '{}') from written;
$$;
comment on function private.write_content is 'What public.import_content does, without saying which row was refused.';
revoke execute on function private.write_content from public, anon;
grant execute on function private.write_content to authenticated, service_role;
