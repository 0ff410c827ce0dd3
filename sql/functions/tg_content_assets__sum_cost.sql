create function private.tg_content_assets__sum_cost()
    returns trigger
    language plpgsql
    security definer  -- actual_cost is a machine column
    set search_path = ''
as $$
declare
    campaign_ids uuid[];
begin
    -- one branch an operation: a transition table of the other operation does not exist
    if tg_op = 'INSERT' then
        select array_agg(distinct new_rows.campaign_id)
        into campaign_ids
        from new_rows
        where
            new_rows.campaign_id is not null
            and new_rows.generation_cost <> 0;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct old_rows.campaign_id)
        into campaign_ids
        from old_rows
        where
            old_rows.campaign_id is not null
            and old_rows.generation_cost <> 0;
    else
        select array_agg(distinct sides.campaign_id)
        into campaign_ids
        from old_rows
        inner join new_rows on old_rows.id = new_rows.id
        cross join lateral (values (old_rows.campaign_id), (new_rows.campaign_id)) as sides (campaign_id)
        where
            sides.campaign_id is not null
            and (old_rows.campaign_id, old_rows.generation_cost)
            is distinct from (new_rows.campaign_id, new_rows.generation_cost);
    end if;
    if campaign_ids is not null then
        perform private.sum_campaign_cost(campaign_ids);
    end if;
    return null;
end
$$;
comment on function private.tg_content_assets__sum_cost is
'Keeps campaigns.actual_cost in step with the generation cost.';
revoke execute on function private.tg_content_assets__sum_cost from public, anon, authenticated, service_role;
