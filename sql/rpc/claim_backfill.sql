create function public.claim_backfill(
    backfill_id uuid,
    -- who asks; kept with the lease
    worker text,
    -- rows at most; clamped to 1..500
    batch integer default 50,
    -- clamped to 1..3600
    lease_seconds integer default 120,
    -- not the next rows, but these, where they still wait in the queue
    targets uuid[] default null
)
    -- {"place", "jobs": as claim_jobs has them}; null: it is not running now, another worker is just taking rows or at
    -- work on the last ones, or somebody else holds the next one
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    moment timestamptz := clock_timestamp();
    lease interval := make_interval(
        secs => least(greatest(coalesce(claim_backfill.lease_seconds, 120), 1), 3600)
    );
    run public.backfills;
    part record;
    free uuid[];
    busy uuid;
    job_ids bigint[] := '{}';
    held bigint;
begin
    if claim_backfill.targets is not null then
        -- their answers are there: whoever else takes rows of this run is not in the way
        select backfills.* into run
        from public.backfills
        where
            backfills.id = claim_backfill.backfill_id
            and backfills.kind = 'labels';
    else
        select backfills.* into run
        from public.backfills
        where
            backfills.id = claim_backfill.backfill_id
            and backfills.kind = 'labels'
            and backfills.state = 'running'
            and backfills.run_at <= moment
        for no key update skip locked;
    end if;
    if not found then
        return null;
    end if;
    if claim_backfill.targets is not null then
        with leased as (
            update private.jobs
            set
                state = 'leased',
                attempt = jobs.attempt + 1,
                leased_by = claim_backfill.worker,
                run_at = moment + lease,
                updated_at = moment
            where
                jobs.workspace_id = run.workspace_id
                and jobs.kind in ('categorize_content', 'categorize_campaign')
                and jobs.target_id = any(claim_backfill.targets)
                and jobs.state = 'waiting'
            returning jobs.id
        )
        select coalesce(array_agg(leased.id), '{}') into job_ids from leased;
    else
        -- as for other content: the vectors of labels come first
        if exists (
            select
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id = run.workspace_id
                and jobs.priority = 0
        ) then
            return null;
        end if;
        if run.place = 'end' then
            held := (
                select count(*)
                from private.jobs
                where
                    jobs.backfill_id = run.id
                    and jobs.state = 'leased'
            );
            if held > 0 then
                update public.backfills
                set
                    last_error = format(
                        'its last rows, %s, are with a worker; if that was killed, another one labels them'
                        ' when its leases end, within two minutes',
                        held
                    ),
                    updated_at = moment  -- waiting is no work
                where backfills.id = run.id;
                return null;
            end if;
            if exists (
                select
                from public.model_batches
                where
                    model_batches.workspace_id = run.workspace_id
                    and model_batches.backfill_id = run.id
            ) then
                return null;
            end if;
            update public.backfills
            set
                state = 'done',
                last_error = null,
                finished_at = moment,
                updated_at = moment
            where backfills.id = run.id;
            return jsonb_build_object('place', 'end', 'jobs', '[]'::jsonb);
        end if;
        select * into part
        from private.backfill_window(
            run.workspace_id,
            run.selection,
            run.place,
            least(greatest(coalesce(claim_backfill.batch, 50), 1), 500)
        );
        -- With the row locked nobody else adds or ends its job, so the insert below waits for nobody.
        if part.kind = 'categorize_content' then
            free := array(
                select content_assets.id
                from public.content_assets
                where content_assets.id = any(part.ids)
                order by content_assets.id
                for no key update skip locked
            );
        else
            free := array(
                select campaigns.id
                from public.campaigns
                where campaigns.id = any(part.ids)
                order by campaigns.id
                for no key update skip locked
            );
        end if;
        -- as far as the first row that somebody else holds, for whatever reason: it is looked at again
        select ids.id into busy
        from unnest(part.ids) as ids (id)
        where
            not ids.id = any(free)
            and (
                exists (select from public.content_assets where content_assets.id = ids.id)
                or exists (select from public.campaigns where campaigns.id = ids.id)
            )
        order by ids.id
        limit 1;
        if busy is not null then
            part.ids := array(
                select ids.id
                from unnest(free) as ids (id)
                where ids.id < busy
                order by ids.id
            );
            if part.ids = '{}' then
                update public.backfills
                set last_error = format('it waits for row %s, which somebody else is writing', busy)
                where backfills.id = run.id;
                return null;
            end if;
            part.scanned := cardinality(part.ids);
            part.next_place := part.kind || '/' || part.ids[cardinality(part.ids)];
        else
            part.ids := free;
        end if;
        with revived as (
            select jobs.id
            from private.jobs
            where
                jobs.kind = part.kind
                and jobs.target_id = any(part.ids)
                and jobs.state = 'dead'
            order by jobs.id
            for update skip locked
        ),
        leased as (
            update private.jobs
            set
                state = 'leased',
                attempt = jobs.attempt + 1,
                failures = 0,
                backfill_id = run.id,
                leased_by = coalesce(claim_backfill.worker, 'unnamed'),
                run_at = moment + lease,
                updated_at = moment
            from revived
            where jobs.id = revived.id
            returning jobs.id
        )
        select coalesce(array_agg(leased.id), '{}') into job_ids from leased;
        with leased as (
            insert into private.jobs
            (workspace_id, kind, target_id, content_hash, state, attempt, leased_by, run_at, backfill_id)
            select
                run.workspace_id,
                part.kind,
                told.target_id,
                told.content_hash,
                'leased',
                1,
                coalesce(claim_backfill.worker, 'unnamed'),
                moment + lease,
                run.id
            from private.backfill_rows(part.kind, part.ids) as told
            order by told.target_id
            on conflict on constraint jobs_target_is_unique do nothing
            returning jobs.id
        )
        select job_ids || coalesce(array_agg(leased.id), '{}') into job_ids from leased;
        update public.backfills
        set
            place = part.next_place,
            scanned = backfills.scanned + part.scanned,
            taken = backfills.taken + cardinality(job_ids),
            -- a worker that was away for long is no work
            seconds = backfills.seconds + greatest(0, least(120, extract(
                epoch from moment - greatest(backfills.updated_at, backfills.run_at)
            ))),
            last_error = null,
            updated_at = moment
        where backfills.id = run.id;
        run.place := part.next_place;
    end if;
    return jsonb_build_object(
        'place', run.place,
        'jobs', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'job_id', jobs.id,
                            'attempt', jobs.attempt,
                            'kind', jobs.kind,
                            'workspace_id', jobs.workspace_id,
                            'target_id', jobs.target_id,
                            'content_hash', jobs.content_hash,
                            'target_text', told.target_text,
                            'embedding_model', told.embedding_model,
                            'embedding', case when told.content_hash = jobs.content_hash then told.embedding::text end
                        )
                        order by jobs.id
                    ),
                    '[]'
                )
            from private.jobs
            inner join (
                select
                    'categorize_content' as kind,
                    content.*
                from private.backfill_rows(
                    'categorize_content',
                    array(
                        select jobs.target_id
                        from private.jobs
                        where
                            jobs.id = any(job_ids)
                            and jobs.kind = 'categorize_content'
                    )
                ) as content
                union all
                select
                    'categorize_campaign',
                    campaign.*
                from private.backfill_rows(
                    'categorize_campaign',
                    array(
                        select jobs.target_id
                        from private.jobs
                        where
                            jobs.id = any(job_ids)
                            and jobs.kind = 'categorize_campaign'
                    )
                ) as campaign
            ) as told
                on
                    jobs.kind = told.kind
                    and jobs.target_id = told.target_id
            where jobs.id = any(job_ids)
        )
    );
end
$$;
comment on function public.claim_backfill is
'Take the next rows of a backfill, under a lease, as jobs that complete_jobs ends. For workers only.

A row whose job waits already is passed over: it is labeled by that. A row whose job is dead is tried again.';
revoke execute on function public.claim_backfill from public, anon, authenticated;
grant execute on function public.claim_backfill to service_role;
