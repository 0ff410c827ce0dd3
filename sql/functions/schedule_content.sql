create function private.schedule_content(
    results jsonb,
    -- jobs that were written; their rows say what was decided
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    wanted record;
    place text;
    slot timestamptz;
begin
    for wanted in
        select distinct on (content_assets.created_at, content_assets.id)
            content_assets.id,
            content_assets.workspace_id,
            content_assets.campaign_id,
            campaigns.target_platforms,
            campaigns.optimal_times,
            campaigns.end_date,
            greatest(clock_timestamp(), campaigns.start_date) as after,
            workspaces.timezone,
            automation_rules.name as rule
        from jsonb_to_recordset(schedule_content.results) as answer (job_id bigint, rules jsonb)
        inner join private.jobs
            on
                answer.job_id = jobs.id
                and jobs.kind = 'categorize_content'
        inner join public.content_assets on jobs.target_id = content_assets.id
        inner join public.campaigns on content_assets.campaign_id = campaigns.id
        inner join public.workspaces on content_assets.workspace_id = workspaces.id
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(answer.rules) = 'array' then answer.rules else '[]' end
        ) as fired
        inner join public.automation_rules
            on
                (fired ->> 'id')::uuid = automation_rules.id
                and jobs.workspace_id = automation_rules.workspace_id
        where
            answer.job_id = any(schedule_content.done)
            and automation_rules.actions ? 'schedule'
            and campaigns.status in ('draft', 'active')
            and content_assets.approval in ('none', 'approved')
        order by
            content_assets.created_at, content_assets.id,
            automation_rules.priority desc, automation_rules.created_at, automation_rules.id
    loop
        -- two that look for a free slot do so one after the other
        perform pg_advisory_xact_lock(
            hashtext('campaignbase.schedule_content'), hashtext(wanted.workspace_id::text)
        );
        foreach place in array wanted.target_platforms loop
            -- of a campaign older than the check of platforms
            continue when coalesce(place, '') !~ '^[a-z][a-z0-9_]*$';
            continue when exists (
                select
                from private.schedulings
                where
                    schedulings.content_asset_id = wanted.id
                    and schedulings.platform = place
            ) or exists (
                select
                from public.social_posts
                where
                    social_posts.workspace_id = wanted.workspace_id
                    and social_posts.content_asset_id = wanted.id
                    and social_posts.platform = place
            );
            slot := private.next_slot(
                wanted.workspace_id, place, wanted.optimal_times, wanted.timezone, wanted.after, wanted.end_date
            );
            continue when slot is null;
            insert into public.social_posts
            (workspace_id, campaign_id, content_asset_id, platform, scheduled_time)
            values (wanted.workspace_id, wanted.campaign_id, wanted.id, place, slot);
            insert into private.schedulings (workspace_id, content_asset_id, platform, rule, scheduled_time)
            values (wanted.workspace_id, wanted.id, place, wanted.rule, slot);
        end loop;
    end loop;
end
$$;
comment on function private.schedule_content is
'Writes a post for each platform of the campaign of what a scheduling rule matched, at the next free of its optimal times.

Once for each content and platform. Nothing is written for what is not approved, or of a paused or completed campaign.';
revoke execute on function private.schedule_content from public, anon, authenticated;
grant execute on function private.schedule_content to service_role;
