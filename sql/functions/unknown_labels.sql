create function private.unknown_labels(
    results jsonb,
    -- jobs whose fence still holds
    held bigint[]
)
    -- the jobs whose answer names a label that their workspace does not have (any more), or not for machines
    returns bigint[]
    language sql
    stable
    set search_path = ''
as $$
    select array_agg(distinct named.job_id)
    from (
        select
            answer.job_id,
            (answer.category ->> 'id')::uuid as category_id,
            null::uuid as tag_id,
            answer.category ->> 'source' as source,
            false as is_audience
        from jsonb_to_recordset(results) as answer (job_id bigint, category jsonb)
        where answer.category ->> 'id' is not null
        union all
        select answer.job_id, null, (answer.audience ->> 'id')::uuid, answer.audience ->> 'source', true
        from jsonb_to_recordset(results) as answer (job_id bigint, audience jsonb)
        where answer.audience ->> 'id' is not null
        union all
        select answer.job_id, null, (tag ->> 'id')::uuid, tag ->> 'source', false
        from jsonb_to_recordset(results) as answer (job_id bigint, tags jsonb)
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(answer.tags) = 'array' then answer.tags else '[]' end
        ) as tag
    ) as named
    inner join private.jobs on named.job_id = jobs.id
    left join public.categories
        on
            named.category_id = categories.id
            and jobs.workspace_id = categories.workspace_id
            -- a person wrote the rule
            and (not categories.manual_only or named.source = 'rule')
    left join public.tags
        on
            named.tag_id = tags.id
            and jobs.workspace_id = tags.workspace_id
            and (not tags.manual_only or named.source = 'rule')
            and (not named.is_audience or tags.tag_type = 'audience')
    where
        named.job_id = any(held)
        and categories.id is null
        and tags.id is null;
$$;
comment on function private.unknown_labels is
'Jobs whose answer must be thrown away because of a label in it: removed while the job ran, never this workspace''s,
kept for people and their rules, or an audience that is no tag of that type.';
revoke execute on function private.unknown_labels from public, anon, authenticated;
grant execute on function private.unknown_labels to service_role;
