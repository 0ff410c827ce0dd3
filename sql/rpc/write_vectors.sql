create function public.write_vectors(
    backfill_id uuid,
    -- [{"kind", "target_id", "content_hash", "embedding": text, null when there is nothing to embed}]
    vectors jsonb
)
    -- how many were written; 0 where the backfill is over
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    run public.backfills;
    written integer;
begin
    select backfills.* into run
    from public.backfills
    where
        backfills.id = write_vectors.backfill_id
        and backfills.kind = 'vectors'
        and backfills.state in ('running', 'paused', 'ready')
    -- none is written behind a switch
    for no key update;
    if not found then
        return 0;
    end if;
    insert into private.spare_vectors
    (workspace_id, kind, target_id, embedding_model, content_hash, embedding)
    select
        run.workspace_id,
        given.kind,
        given.target_id,
        run.embedding_model,
        given.content_hash,
        given.embedding::extensions.vector
    from jsonb_to_recordset(write_vectors.vectors)
        as given (kind text, target_id uuid, content_hash text, embedding text)
    order by given.target_id
    on conflict on constraint spare_vectors_pkey do update
    set
        content_hash = excluded.content_hash,
        embedding = excluded.embedding;
    get diagnostics written = row_count;
    update public.backfills
    set
        done = backfills.done + written,
        -- a worker that was away for long is no work
        seconds = backfills.seconds + greatest(0, least(120, extract(
            epoch from clock_timestamp() - greatest(backfills.updated_at, backfills.run_at)
        ))),
        updated_at = clock_timestamp()
    where backfills.id = run.id;
    return written;
end
$$;
comment on function public.write_vectors is
'Keep vectors beside those in use. For workers only.';
revoke execute on function public.write_vectors from public, anon, authenticated;
grant execute on function public.write_vectors to service_role;
