create function private.unknown_labels(
    results jsonb,
    -- jobs whose fence still holds
    held bigint[]
)
    -- the jobs whose answer names a label that their workspace does not have (any more)
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
            null::uuid as tag_id
        from jsonb_to_recordset(results) as answer (job_id bigint, category jsonb)
        where answer.category ->> 'id' is not null
        union all
        select answer.job_id, null, (answer.audience ->> 'id')::uuid
        from jsonb_to_recordset(results) as answer (job_id bigint, audience jsonb)
        where answer.audience ->> 'id' is not null
        union all
        select answer.job_id, null, (tag ->> 'id')::uuid
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
    left join public.tags
        on
            named.tag_id = tags.id
            and jobs.workspace_id = tags.workspace_id
    where
        named.job_id = any(held)
        and categories.id is null
        and tags.id is null;
$$;
comment on function private.unknown_labels is
'Jobs whose answer must be thrown away because a label in it was removed while the job ran, or never was this workspace''s.';
revoke execute on function private.unknown_labels from public, anon, authenticated;
grant execute on function private.unknown_labels to service_role;
