create function public.import_campaigns(
    workspace_id uuid,
    -- [{"name": "Spring", "campaign_type": "seasonal"}]: columns of campaigns that a person may write
    campaigns jsonb
)
    -- one a campaign, in the order given
    returns uuid[]
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    given record;
    found_id uuid;
    ids uuid[] := '{}';
begin
    -- two imports that create the same campaign wait for each other here
    perform pg_advisory_xact_lock(
        hashtext('campaignbase.import_campaigns'), hashtext(import_campaigns.workspace_id::text)
    );
    for given in
        select fields.*
        from jsonb_array_elements(import_campaigns.campaigns) with ordinality as element
        cross join lateral jsonb_to_record(element.value) as fields (
            name text, campaign_type text, status text, target_platforms text[], content_style text,
            visual_style text, hashtag_strategy text, cta_pattern text, primary_category text,
            estimated_cost numeric, start_date timestamptz, end_date timestamptz, posting_frequency text,
            optimal_times text[]
        )
        order by element.ordinality
    loop
        select campaigns.id into found_id
        from public.campaigns
        where
            campaigns.workspace_id = import_campaigns.workspace_id
            and campaigns.name = given.name
        order by campaigns.created_at, campaigns.id
        limit 1;
        if not found then
            insert into public.campaigns
            (
                workspace_id, name, campaign_type, status, target_platforms, content_style, visual_style,
                hashtag_strategy, cta_pattern, primary_category, estimated_cost, start_date, end_date,
                posting_frequency, optimal_times
            )
            values (
                import_campaigns.workspace_id,
                given.name,
                coalesce(given.campaign_type, 'general'),
                coalesce(given.status, 'draft'),
                coalesce(given.target_platforms, '{}'),
                given.content_style,
                given.visual_style,
                given.hashtag_strategy,
                given.cta_pattern,
                private.find_category(import_campaigns.workspace_id, given.primary_category),
                given.estimated_cost,
                given.start_date,
                given.end_date,
                given.posting_frequency,
                coalesce(given.optimal_times, '{}')
            )
            returning campaigns.id into found_id;
        end if;
        ids := ids || found_id;
    end loop;
    return ids;
end
$$;
comment on function public.import_campaigns is
'Add campaigns, all or none; a name that exists in the workspace gives the existing one, unchanged.';
revoke execute on function public.import_campaigns from public, anon;
grant execute on function public.import_campaigns to authenticated, service_role;
