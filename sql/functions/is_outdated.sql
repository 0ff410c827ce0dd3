create function private.is_outdated(
    -- {"by": "vocabulary", "prompt", "model", "head" or "date", "than": text}
    older jsonb,
    workspace_id uuid,
    -- one of the two is null
    content_asset_id uuid,
    campaign_id uuid
)
    returns boolean
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    than text := is_outdated.older ->> 'than';
    last public.categorizations;
begin
    if is_outdated.content_asset_id is not null then
        select categorizations.* into last
        from public.categorizations
        where
            categorizations.workspace_id = is_outdated.workspace_id
            and categorizations.content_asset_id = is_outdated.content_asset_id
            and categorizations.field = 'category'
            and categorizations.source is distinct from 'human'
        order by categorizations.created_at desc
        limit 1;
    else
        select categorizations.* into last
        from public.categorizations
        where
            categorizations.workspace_id = is_outdated.workspace_id
            and categorizations.campaign_id = is_outdated.campaign_id
            and categorizations.field = 'category'
            and categorizations.source is distinct from 'human'
        order by categorizations.created_at desc
        limit 1;
    end if;
    return case is_outdated.older ->> 'by'
        when 'vocabulary' then coalesce(last.vocabulary_version, 0) < than::integer
        -- what somebody surer decided no model is asked about
        when 'prompt' then
            coalesce(last.source, 'model') = 'model'
            and case
                when last.prompt_version ~ '^\d{1,9}$' and than ~ '^\d{1,9}$'
                    then last.prompt_version::integer < than::integer
                else last.prompt_version is distinct from than
            end
        when 'model' then last.model is distinct from than and coalesce(last.source, 'model') = 'model'
        when 'head' then
            last.created_at < (
                select max(trained_heads.activated_at)
                from public.trained_heads
                where
                    trained_heads.workspace_id = is_outdated.workspace_id
                    and trained_heads.active
            )
            and coalesce(last.source, 'model') in ('neighbor', 'trained', 'model')
        when 'date' then coalesce(last.created_at < than::timestamptz, true)
    end;
end
$$;
comment on function private.is_outdated is
'Was the category last decided by a machine with an older vocabulary, another prompt or model, or before the trained head?';
revoke execute on function private.is_outdated from public, anon, authenticated;
grant execute on function private.is_outdated to service_role;
