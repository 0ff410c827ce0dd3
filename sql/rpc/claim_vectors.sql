create function public.claim_vectors(
    backfill_id uuid,
    -- texts at most; clamped to 1..500
    batch integer default 100
)
    -- {"state", "place", "texts": [{"kind", "target_id", "content_hash", "target_text"}]}; null: it is not running
    -- now, or another worker is just taking texts
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    step constant integer := 500;
    kinds constant text[] := array['embed_category', 'embed_tag', 'categorize_campaign', 'categorize_content'];
    moment timestamptz := clock_timestamp();
    wanted integer := least(greatest(coalesce(claim_vectors.batch, 100), 1), 500);
    run public.backfills;
    area text;
    last_id uuid;
    next_place text;
    looked integer := 0;
    missing integer := 0;
    item record;
    texts jsonb := '[]';
    taken_now integer;
begin
    select backfills.* into run
    from public.backfills
    where
        backfills.id = claim_vectors.backfill_id
        and backfills.kind = 'vectors'
        and backfills.state in ('running', 'switched', 'rolled_back')
        and backfills.run_at <= moment
    for no key update skip locked;
    if not found then
        return null;
    end if;
    if run.state <> 'running' then
        -- a batch that was under way at the switch may have written a vector of the other model
        perform private.requeue_strangers(run.workspace_id);
        update public.backfills set run_at = '3000-01-01 00:00:00+00' where backfills.id = run.id;
        return jsonb_build_object('state', run.state, 'place', 'end', 'texts', texts);
    end if;
    area := coalesce(nullif(split_part(run.place, '/', 1), ''), kinds[1]);
    last_id := coalesce(nullif(split_part(run.place, '/', 2), '')::uuid, '00000000-0000-0000-0000-000000000000');
    for item in
        select
            told.target_id,
            told.target_text,
            private.content_hash(told.target_text) as content_hash,
            -- no join: of a table that grew since it was analyzed the planner would read all
            (
                select spare_vectors.content_hash
                from private.spare_vectors
                where
                    spare_vectors.target_id = told.target_id
                    and spare_vectors.embedding_model = run.embedding_model
            ) as known_hash
        from private.texts_after(run.workspace_id, area, last_id, step) as told
        order by told.target_id
    loop
        looked := looked + 1;
        last_id := item.target_id;
        if item.target_text is not null and item.known_hash is distinct from item.content_hash then
            missing := missing + 1;
            texts := texts || jsonb_build_object(
                'kind', area,
                'target_id', item.target_id,
                'content_hash', item.content_hash,
                'target_text', item.target_text
            );
        end if;
        exit when missing = wanted;
    end loop;
    taken_now := missing;
    next_place := case
        when looked = step or missing = wanted then area || '/' || last_id
        when area = kinds[4] then 'end'
        else kinds[array_position(kinds, area) + 1] || '/'
    end;
    if next_place = 'end' then
        -- From the beginning, for what came or changed behind the place or was lost with a worker; but not for ever:
        -- one in a thousand that comes in the meantime waits at the switch for a worker, like a new row.
        missing := run.found_missing + missing;
        if
            missing > 0
            and (run.scanned + looked < 2 * run.total or missing > run.total / 1000)
        then
            next_place := '';
        else
            run.state := 'ready';
        end if;
    end if;
    update public.backfills
    set
        place = next_place,
        state = run.state,
        found_missing = case when next_place in ('', 'end') then 0 else backfills.found_missing + missing end,
        scanned = backfills.scanned + looked,
        taken = backfills.taken + taken_now,
        -- a worker that was away for long is no work
        seconds = backfills.seconds + greatest(0, least(120, extract(
            epoch from moment - greatest(backfills.updated_at, backfills.run_at)
        ))),
        last_error = null,
        updated_at = moment
    where backfills.id = run.id;
    return jsonb_build_object('state', run.state, 'place', next_place, 'texts', texts);
end
$$;
comment on function public.claim_vectors is
'The next texts that have no vector yet by the model of a backfill. For workers only.

What a worker takes and never writes is found again when the others are done.';
revoke execute on function public.claim_vectors from public, anon, authenticated;
grant execute on function public.claim_vectors to service_role;
