create function private.write_content(
    workspace_id uuid,
    assets jsonb
)
    -- as public.import_content answers
    returns jsonb
    language plpgsql
    volatile
    security invoker  -- the caller's policies decide what may be written
    set search_path = ''
as $$
declare
    latest jsonb;
    -- known rows whose category is a person's and not the file's, and stays
    kept uuid[];
    -- known rows that a machine has filed where the file says
    confirmed uuid[];
    written uuid[];
begin
    -- of rows with the same source_key the last counts
    select coalesce(jsonb_agg(listed.value order by listed.place), '[]') into latest
    from (
        select
            -- a file may still name a category by another name of it
            case
                when renamed.name is null then element.value
                else jsonb_set(element.value, '{primary_category}', to_jsonb(renamed.name))
            end as value,
            element.ordinality as place,
            row_number() over (
                partition by element.value ->> 'source_key'
                order by element.ordinality desc
            ) as age
        from jsonb_array_elements(write_content.assets) with ordinality as element
        left join lateral (
            select private.category_of_alias(
                write_content.workspace_id, element.value ->> 'primary_category'
            ) as name
            where
                element.value ->> 'primary_category' is not null
                and not exists (
                    select
                    from public.categories
                    where
                        categories.workspace_id = write_content.workspace_id
                        and categories.name = element.value ->> 'primary_category'
                )
        ) as renamed on true
    ) as listed
    where
        listed.value ->> 'source_key' is null
        or listed.age = 1;

    select
        coalesce(array_agg(known.id) filter (where known.stays), '{}'),
        coalesce(array_agg(known.id) filter (where known.agrees), '{}')
    into kept, confirmed
    from (
        select
            content_assets.id,
            content_assets.category_source is distinct from 'human'
            and content_assets.primary_category = given.primary_category as agrees,
            content_assets.category_source = 'human'
            and content_assets.primary_category is distinct from given.primary_category
            and (
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text,
                    content_assets.file_path
                ) is not distinct from private.asset_text(
                    given.content, given.prompt, given.alt_text, given.file_path
                )
                -- the very label she replaced: the file says nothing new
                or exists (
                    select
                    from (
                        select
                            categorizations.previous_label,
                            categorizations.reasons
                        from public.categorizations
                        where
                            categorizations.workspace_id = write_content.workspace_id
                            and categorizations.content_asset_id = content_assets.id
                            and categorizations.field = 'category'
                            and categorizations.source = 'human'
                        order by categorizations.created_at desc
                        limit 1
                    ) as last
                    where
                        last.previous_label = given.primary_category
                        and last.reasons ->> 0 <> 'taken from an imported file'
                )
            ) as stays
        from jsonb_to_recordset(latest) as given (
            source_key text, content text, prompt text, alt_text text, file_path text, primary_category text
        )
        inner join public.content_assets on given.source_key = content_assets.source_key
        where
            content_assets.workspace_id = write_content.workspace_id
            and given.primary_category is not null
        order by content_assets.id
        for no key update of content_assets
    ) as known;

    perform set_config('campaignbase.door', 'import', true);
    with
    incoming as (
        select given.*, element.ordinality as place
        from jsonb_array_elements(latest) with ordinality as element
        cross join lateral jsonb_to_record(element.value) as given (
            id uuid, asset_type text, content text, prompt text, alt_text text, file_path text,
            file_url text, source_key text, campaign_id uuid, generator text, generation_cost numeric,
            parameters jsonb, primary_category text, tags text[], sentiment text, target_audience text,
            golden boolean
        )
    ),
    known as (
        select content_assets.source_key
        from public.content_assets
        where
            content_assets.workspace_id = write_content.workspace_id
            and content_assets.source_key in (select incoming.source_key from incoming)
        for key share
    ),
    changed as (
        insert into public.content_assets
        (
            id, workspace_id, asset_type, content, prompt, alt_text, file_path, file_url, source_key,
            campaign_id, generator, generation_cost, parameters, primary_category, tags, sentiment,
            target_audience, golden
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
            case when known.source_key is null then incoming.target_audience end,
            coalesce(incoming.golden, false) and incoming.primary_category is not null
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
            campaign_id = coalesce(excluded.campaign_id, content_assets.campaign_id),
            parameters = excluded.parameters,
            primary_category = case
                when content_assets.id = any(kept) then content_assets.primary_category
                else coalesce(excluded.primary_category, content_assets.primary_category)
            end
        where
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) is distinct from private.asset_text(
                excluded.content, excluded.prompt, excluded.alt_text, excluded.file_path
            )
            or (
                excluded.campaign_id is not null
                and excluded.campaign_id is distinct from content_assets.campaign_id
            )
            or (
                excluded.primary_category is not null
                and excluded.primary_category is distinct from content_assets.primary_category
                and content_assets.category_source is distinct from 'human'
            )
        returning content_assets.id
    )
    select coalesce(array_agg(changed.id), '{}') into written from changed;
    perform set_config('campaignbase.door', '', true);
    perform private.confirm_labels(confirmed, '{category}');
    return jsonb_build_object(
        'written', to_jsonb(
            written || array(select given.id from unnest(confirmed) as given (id) where given.id <> all(written))
        ),
        'kept', to_jsonb(kept),
        'ids', (
            select coalesce(
                jsonb_agg(coalesce(content_assets.id::text, element.value ->> 'id') order by element.ordinality),
                '[]'
            )
            from jsonb_array_elements(write_content.assets) with ordinality as element
            left join public.content_assets
                on
                    content_assets.workspace_id = write_content.workspace_id
                    and content_assets.source_key = element.value ->> 'source_key'
        )
    );
end
$$;
comment on function private.write_content is 'What public.import_content does, without saying which row was refused.';
revoke execute on function private.write_content from public, anon;
grant execute on function private.write_content to authenticated, service_role;
