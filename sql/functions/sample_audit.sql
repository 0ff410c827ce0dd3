create function private.sample_audit(
    workspace_id uuid,
    -- 1 to 1000; fewer where there are not so many
    sample_size integer
)
    returns integer
    language plpgsql
    volatile
    security definer  -- history is written by functions only; membership is checked
    set search_path = ''
as $$
declare
    picked integer;
begin
    if sample_audit.sample_size is null or sample_audit.sample_size not between 1 and 1000 then
        raise exception using
            errcode = '22023',
            message = format('sample_size is %s', coalesce(sample_audit.sample_size::text, 'null')),
            hint = 'ask for 1 to 1000 rows';
    end if;
    if
        not private.caller_is_service()
        and not coalesce(
            sample_audit.workspace_id in (select private.caller_editable_workspace_ids()), false
        )
    then
        raise exception using
            errcode = '42501',
            message = format(
                'only editors of workspace %s may pick an audit', coalesce(sample_audit.workspace_id::text, 'null')
            ),
            hint = 'ask an owner of the workspace for the role editor';
    end if;
    with chosen as (
        select last.id
        from public.content_assets
        cross join lateral (
            select
                categorizations.id,
                categorizations.source,
                categorizations.audited_at
            from public.categorizations
            where
                categorizations.workspace_id = content_assets.workspace_id
                and categorizations.content_asset_id = content_assets.id
                and categorizations.field = 'category'
                and categorizations.outcome = 'applied'
            order by categorizations.created_at desc, categorizations.id desc
            limit 1
        ) as last
        where
            content_assets.workspace_id = sample_audit.workspace_id
            and content_assets.primary_category is not null
            and content_assets.category_source <> 'human'
            and content_assets.category_source = last.source
            and last.audited_at is null
        order by random()
        limit sample_audit.sample_size
    )
    update public.categorizations
    set audited_at = now()
    from chosen
    where categorizations.id = chosen.id;
    get diagnostics picked = row_count;
    return picked;
end
$$;
comment on function private.sample_audit is 'The work of sample_audit.';
revoke execute on function private.sample_audit from public, anon;
grant execute on function private.sample_audit to authenticated, service_role;
