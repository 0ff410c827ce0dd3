create function private.write_tags(
    results jsonb,
    -- jobs to write; their rows, labels and themselves are locked
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- The counters of every tag that may come or go, in one order for everybody and before the first is counted:
    -- the two statements below would each lock their own.
    perform tags.id
    from public.tags
    where
        tags.id in (
            select content_asset_tags.tag_id
            from private.jobs
            inner join public.content_asset_tags on jobs.target_id = content_asset_tags.content_asset_id
            where
                jobs.id = any(write_tags.done)
                and jobs.kind = 'categorize_content'
            union all
            select (tag ->> 'id')::uuid
            from jsonb_to_recordset(write_tags.results) as answer (job_id bigint, tags jsonb)
            cross join lateral jsonb_array_elements(
                case when jsonb_typeof(answer.tags) = 'array' then answer.tags else '[]' end
            ) as tag
            where answer.job_id = any(write_tags.done)
        )
    order by tags.id
    for no key update;

    -- what a machine said last time and no longer says
    delete from public.content_asset_tags
    using jsonb_to_recordset(write_tags.results) as answer (job_id bigint, tags jsonb), private.jobs
    where
        answer.job_id = any(write_tags.done)
        and jobs.id = answer.job_id
        and jobs.kind = 'categorize_content'
        and content_asset_tags.content_asset_id = jobs.target_id
        and content_asset_tags.source <> 'human'
        and not exists (
            select
            from jsonb_array_elements(
                case when jsonb_typeof(answer.tags) = 'array' then answer.tags else '[]' end
            ) as tag
            where (tag ->> 'id')::uuid = content_asset_tags.tag_id
        );

    insert into public.content_asset_tags
    (workspace_id, content_asset_id, tag_id, source, score, reason, state)
    select distinct on (jobs.target_id, (tag ->> 'id')::uuid)
        jobs.workspace_id,
        jobs.target_id,
        (tag ->> 'id')::uuid,
        tag ->> 'source',
        (tag ->> 'score')::real,
        tag ->> 'reason',
        'applied'
    from jsonb_to_recordset(write_tags.results) as answer (job_id bigint, tags jsonb)
    inner join private.jobs
        on
            answer.job_id = jobs.id
            and jobs.kind = 'categorize_content'
    cross join lateral jsonb_array_elements(
        case when jsonb_typeof(answer.tags) = 'array' then answer.tags else '[]' end
    ) as tag
    where answer.job_id = any(write_tags.done)
    order by jobs.target_id, (tag ->> 'id')::uuid
    on conflict on constraint content_asset_tags_pkey do update
        set
            source = excluded.source,
            score = excluded.score,
            reason = excluded.reason,
            updated_at = clock_timestamp()
        -- what a person added or refused is hers
        where content_asset_tags.source <> 'human';

    -- she may have put a tag of a full group there meanwhile
    if
        exists (
            select
            from private.jobs
            inner join public.tag_groups on jobs.workspace_id = tag_groups.workspace_id
            where jobs.id = any(write_tags.done)
        )
    then
        perform private.evict_tags(
            array(select jobs.target_id from private.jobs where jobs.id = any(write_tags.done))
        );
    end if;
end
$$;
comment on function private.write_tags is
'Replaces a machine''s tags with the new ones; what a person added or refused is left alone.';
revoke execute on function private.write_tags from public, anon, authenticated;
grant execute on function private.write_tags to service_role;
