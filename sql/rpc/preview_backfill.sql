create function public.preview_backfill(
    workspace_id uuid,
    -- as start_backfill takes it
    selection jsonb default '{}',
    -- what the last answer said; '' from the first row on
    place text default '',
    -- rows at most; clamped to 1..100
    batch integer default 50
)
    -- {"place", "scanned", "jobs": as claim_jobs has them, without a job}
    returns jsonb
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    part record;
begin
    select * into part
    from private.backfill_window(
        preview_backfill.workspace_id,
        coalesce(preview_backfill.selection, '{}'),
        coalesce(preview_backfill.place, ''),
        least(greatest(coalesce(preview_backfill.batch, 50), 1), 100)
    );
    return jsonb_build_object(
        'place', part.next_place,
        'scanned', part.scanned,
        'jobs', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'job_id', 0,
                            'attempt', 0,
                            'kind', part.kind,
                            'workspace_id', told.workspace_id,
                            'target_id', told.target_id,
                            'content_hash', told.content_hash,
                            'target_text', told.target_text,
                            'embedding_model', told.embedding_model,
                            'embedding', told.embedding::text
                        )
                        order by told.target_id
                    ),
                    '[]'
                )
            from private.backfill_rows(part.kind, part.ids) as told
        )
    );
end
$$;
comment on function public.preview_backfill is
'The rows a backfill would take next, as a worker reads them; nothing is written. For workers only.';
revoke execute on function public.preview_backfill from public, anon, authenticated;
grant execute on function public.preview_backfill to service_role;
