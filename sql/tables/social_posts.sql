create table public.social_posts (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    campaign_id uuid,
    content_asset_id uuid,

    platform text not null,
    post_text text,
    media_urls text[] not null default '{}',
    scheduled_time timestamptz,
    posted_time timestamptz,
    hashtags text[] not null default '{}',
    mentions text[] not null default '{}',
    post_url text,

    status text not null default 'scheduled',
    error_message text,

    approval text not null default 'none',
    approval_by uuid,
    approval_at timestamptz,
    approval_rule text,  -- name of the rule that decided; null: a person or a program
    approval_note text,

    views integer,  -- null: the network does not offer it, never 0
    likes integer,
    comments integer,
    shares integer,
    clicks integer,
    -- (likes + comments + shares + clicks) / views; null without views
    engagement_rate numeric(14, 4) generated always as (
        (
            coalesce(likes, 0)::numeric + coalesce(comments, 0) + coalesce(shares, 0) + coalesce(clicks, 0)
        ) / nullif(views, 0)
    ) stored,
    posting_cost numeric(14, 4),

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    last_analytics_update timestamptz,

    constraint social_posts_pkey primary key (id),
    constraint social_posts_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint social_posts_workspace_id_id_is_unique unique (workspace_id, id),
    constraint social_posts_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.campaigns (workspace_id, id) on delete cascade,
    constraint social_posts_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id),
    constraint social_posts_platform_is_snake_case check (platform ~ '^[a-z][a-z0-9_]*$'),
    constraint social_posts_post_url_has_no_other_scheme
    check (
        post_url ~ '^https?://'
        or strpos(post_url, ':') = 0
        or strpos(post_url, '/') between 1 and strpos(post_url, ':')
    ),
    constraint social_posts_status_is_known check (status in ('scheduled', 'posted', 'failed', 'deleted')),
    constraint social_posts_approval_is_known
    check (approval in ('none', 'required', 'approved', 'rejected')),
    constraint social_posts_metrics_are_not_negative
    check (views >= 0 and likes >= 0 and comments >= 0 and shares >= 0 and clicks >= 0),
    constraint social_posts_posting_cost_is_not_negative
    check (posting_cost >= 0 and posting_cost < 10000000000)  -- NaN is above every number
);
create index idx_social_posts_campaign_id on public.social_posts (workspace_id, campaign_id);
create index idx_social_posts_content_asset_id on public.social_posts (workspace_id, content_asset_id);
create index idx_social_posts_platform on public.social_posts (workspace_id, platform);
create index idx_social_posts_status on public.social_posts (workspace_id, status);
create index idx_social_posts_approval
on public.social_posts (workspace_id, approval_at) where approval = 'required';
create index idx_social_posts_scheduled_time on public.social_posts (scheduled_time);
comment on table public.social_posts is
'A piece of content on a network: when, where, how it went.

A metric the network does not offer is null, never 0.';
