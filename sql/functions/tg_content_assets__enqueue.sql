create function private.tg_content_assets__enqueue()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
begin
    insert into private.jobs (workspace_id, kind, target_id, content_hash)
    select
        new_rows.workspace_id,
        'categorize_content',
        new_rows.id,
        private.content_hash(
            private.asset_text(new_rows.content, new_rows.prompt, new_rows.alt_text, new_rows.file_path)
        )
    from new_rows
    order by new_rows.id
    on conflict on constraint jobs_target_is_unique do nothing;
    return null;
end
$$;
comment on function private.tg_content_assets__enqueue is 'Queues every inserted asset, a statement at a time.';
revoke execute on function private.tg_content_assets__enqueue from public, anon, authenticated, service_role;
