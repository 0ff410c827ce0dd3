create function private.tg_content_assets__record_human()
    returns trigger
    language plpgsql
    security definer  -- writes links and history, which callers may only read
    set search_path = ''
as $$
declare
    changes jsonb;
    imported boolean := tg_op = 'UPDATE' and current_setting('campaignbase.door', true) = 'import';
begin
    if private.acting_machine() then
        return null;
    end if;
    -- one branch an operation: a transition table of the other operation does not exist
    if tg_op = 'INSERT' then
        select
            jsonb_agg(
                jsonb_build_object(
                    'workspace_id', new_rows.workspace_id,
                    'id', new_rows.id,
                    'category', new_rows.primary_category,
                    'sentiment', new_rows.sentiment,
                    'audience', new_rows.target_audience,
                    'tags', new_rows.tags,
                    'old_tags', '[]'::jsonb
                )
                order by new_rows.id
            )
        into changes
        from new_rows
        where
            new_rows.primary_category is not null
            or new_rows.sentiment is not null
            or new_rows.target_audience is not null
            or new_rows.tags <> '{}';
    else
        select
            jsonb_agg(
                jsonb_build_object(
                    'workspace_id', new_rows.workspace_id,
                    'id', new_rows.id,
                    'category', new_rows.primary_category,
                    'old_category', old_rows.primary_category,
                    'sentiment', new_rows.sentiment,
                    'old_sentiment', old_rows.sentiment,
                    'audience', new_rows.target_audience,
                    'old_audience', old_rows.target_audience,
                    'tags', new_rows.tags,
                    'old_tags', old_rows.tags
                )
                order by new_rows.id
            )
        into changes
        from new_rows
        inner join old_rows on new_rows.id = old_rows.id
        where
            (new_rows.primary_category, new_rows.sentiment, new_rows.target_audience, new_rows.tags)
            is distinct from (old_rows.primary_category, old_rows.sentiment, old_rows.target_audience, old_rows.tags);
    end if;
    if changes is null then
        return null;
    end if;

    perform private.record_human(
        changed.workspace_id, changed.id, null, field.name, field.label, field.old_label,
        case when imported then 'taken from an imported file' end
    )
    from jsonb_to_recordset(changes) as changed (
        workspace_id uuid, id uuid, category text, old_category text, sentiment text, old_sentiment text,
        audience text, old_audience text, tags text[], old_tags text[]
    )
    cross join lateral (
        values
        (
            'category',
            changed.category,
            changed.old_category,
            private.category_is_corrected(changed.workspace_id, changed.old_category, changed.category)
        ),
        (
            'sentiment',
            changed.sentiment,
            changed.old_sentiment,
            changed.sentiment is distinct from changed.old_sentiment
        ),
        (
            'audience',
            changed.audience,
            changed.old_audience,
            private.audience_is_corrected(changed.workspace_id, changed.old_audience, changed.audience)
        ),
        (
            'tags',
            nullif(array_to_string(changed.tags, ', '), ''),
            nullif(array_to_string(changed.old_tags, ', '), ''),
            -- another order is no decision
            not (changed.tags @> changed.old_tags and changed.tags <@ changed.old_tags)
        )
    ) as field (name, label, old_label, by_hand)
    where field.by_hand;

    perform private.link_tags(changes);
    return null;
end
$$;
comment on function private.tg_content_assets__record_human is
'Writes what people decided into the history, and their edits of tag arrays into the links: added, or refused for good.';
revoke execute on function private.tg_content_assets__record_human from public, anon, authenticated, service_role;
