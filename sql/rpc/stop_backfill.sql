create function public.stop_backfill(
    backfill_id uuid,
    -- paused, running (again, also one that waits), or canceled
    state text
)
    -- false: it is over, or was that already
    returns boolean
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    stopped public.backfills;
begin
    update public.backfills
    set
        state = stop_backfill.state,
        -- vectors that are complete: once more from the beginning, for what came since
        place = case when backfills.state = 'ready' then '' else backfills.place end,
        run_at = clock_timestamp(),
        finished_at = case when stop_backfill.state = 'canceled' then clock_timestamp() end,
        updated_at = clock_timestamp()
    where
        backfills.id = stop_backfill.backfill_id
        and case stop_backfill.state
            when 'paused' then backfills.state = 'running'
            when 'running' then backfills.state in ('running', 'paused', 'ready')
            when 'canceled' then backfills.state in ('running', 'paused', 'ready')
        end
    returning backfills.* into stopped;
    if stop_backfill.state = 'canceled' then
        -- Also where it was canceled before: a worker may have put rows off meanwhile. What waits, be it for a
        -- model's answer, has a label already and keeps it; text that changed is queued and waits on.
        delete from private.jobs
        where
            jobs.id in (
                select waiting.id
                from private.jobs as waiting
                where
                    waiting.backfill_id = stop_backfill.backfill_id
                    and waiting.state = 'waiting'
                    and exists (
                        select
                        from public.backfills
                        where
                            backfills.id = waiting.backfill_id
                            and backfills.state = 'canceled'
                    )
                    and not exists (
                        select
                        from public.content_assets
                        where
                            content_assets.id = waiting.target_id
                            and content_assets.label_state not in ('labeled', 'review')
                    )
                    and not exists (
                        select
                        from public.campaigns
                        where
                            campaigns.id = waiting.target_id
                            and campaigns.label_state not in ('labeled', 'review')
                    )
                for update of waiting skip locked
            );
    end if;
    if stopped.state = 'canceled' and stopped.kind = 'vectors' then
        delete from private.spare_vectors
        where
            spare_vectors.workspace_id = stopped.workspace_id
            and spare_vectors.embedding_model = stopped.embedding_model;
    end if;
    return stopped.id is not null;
end
$$;
comment on function public.stop_backfill is
'Pause a backfill, let it go on, or end it; vectors it made beside those in use are dropped, and rows that wait
for a model keep what they have. For workers only.

Rows that a worker has taken already are finished.';
revoke execute on function public.stop_backfill from public, anon, authenticated;
grant execute on function public.stop_backfill to service_role;
