create table public.campaigns (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,

    name text not null,
    campaign_type text not null,
    status text not null default 'draft',
    target_platforms text[] not null default '{}',
    content_style text,
    visual_style text,
    hashtag_strategy text,
    cta_pattern text,

    estimated_cost numeric(12, 2),
    actual_cost numeric(14, 4) not null default 0,  -- generation and posting cost so far

    start_date timestamptz,
    end_date timestamptz,
    posting_frequency text,
    optimal_times text[] not null default '{}',  -- in the workspace's time zone

    primary_category text,
    category_source text,
    label_state text not null default 'queued',
    confirmed_at timestamptz,

    embedding extensions.vector(1536),  -- unit length; null until embedded
    embedding_model text,
    content_hash text,  -- of the text that the vector was made from

    created_by text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint campaigns_pkey primary key (id),
    constraint campaigns_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint campaigns_workspace_id_id_is_unique unique (workspace_id, id),
    constraint campaigns_primary_category_fkey
    foreign key (workspace_id, primary_category) references public.categories (workspace_id, name)
    on update cascade,
    constraint campaigns_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint campaigns_name_is_not_blank check (btrim(name) <> ''),
    constraint campaigns_name_fits check (char_length(name) <= 255),
    constraint campaigns_campaign_type_is_snake_case check (campaign_type ~ '^[a-z][a-z0-9_]*$'),
    constraint campaigns_status_is_known check (status in ('draft', 'active', 'paused', 'completed')),
    constraint campaigns_estimated_cost_is_not_negative
    check (estimated_cost >= 0 and estimated_cost < 10000000000),  -- NaN is above every number
    constraint campaigns_end_date_is_after_start_date check (end_date >= start_date),
    constraint campaigns_category_source_is_known
    check (category_source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint campaigns_label_state_is_known
    check (label_state in ('queued', 'labeled', 'review', 'failed')),
    constraint campaigns_embedding_has_a_model check (embedding is null or embedding_model is not null)
);
create index idx_campaigns_name on public.campaigns (workspace_id, name);
create index idx_campaigns_campaign_type on public.campaigns (workspace_id, campaign_type);
create index idx_campaigns_status on public.campaigns (workspace_id, status);
create index idx_campaigns_primary_category on public.campaigns (workspace_id, primary_category);
create index idx_campaigns_embedding
on public.campaigns using hnsw (embedding extensions.vector_cosine_ops)
with (ef_construction = 128);
comment on table public.campaigns is
'What a team runs: its kind, style, budget and calendar, labeled like content.';
comment on column public.campaigns.actual_cost is
'Sum of the generation cost of its content and the posting cost of its posts; kept by triggers.';
comment on column public.campaigns.label_state is
'queued: waiting for a worker; labeled; review: nobody was sure; failed: see the dead job.';
comment on column public.campaigns.confirmed_at is 'When a person set the category; null when a machine did.';
