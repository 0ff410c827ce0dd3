create function private.tg_campaigns__enqueue()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
declare
    old_text text;
    new_text text := private.campaign_text(
        new.name, new.content_style, new.visual_style, new.hashtag_strategy, new.cta_pattern
    );
begin
    if tg_op = 'UPDATE' then
        old_text := private.campaign_text(
            old.name, old.content_style, old.visual_style, old.hashtag_strategy, old.cta_pattern
        );
        if new_text is not distinct from old_text then
            return null;
        end if;
    end if;
    perform private.queue_job(new.workspace_id, 'categorize_campaign', new.id, private.content_hash(new_text));
    return null;
end
$$;
comment on function private.tg_campaigns__enqueue is 'Queues a campaign that is new or whose text changed.';
revoke execute on function private.tg_campaigns__enqueue from public, anon, authenticated, service_role;
