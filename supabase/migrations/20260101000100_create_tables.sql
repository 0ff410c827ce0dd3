-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  workspaces and everything they own, and the queue
-- Touches:  table public.workspaces, public.workspace_members, public.categories,
--           public.tag_groups, public.tags, public.campaigns, public.content_assets,
--           public.content_asset_tags, public.social_posts, public.approvals,
--           public.automation_rules, public.webhook_endpoints, private.webhook_secrets,
--           public.webhook_deliveries, public.categorizations, public.label_proposals,
--           public.label_proposal_uses, public.cache_entries, private.cache_invalidations,
--           private.cache_leases, private.cache_counters, private.cache_signing_keys,
--           private.idempotency_keys, private.jobs, private.schedulings, public.trained_heads,
--           private.trained_head_labels, public.gate_verdicts, private.invitations,
--           private.invitation_mails, public.api_keys, private.api_key_secrets, public.api_key_log,
--           public.daily_spending, public.spending, private.reservations, public.backfills,
--           public.model_batches, private.spare_vectors
-- Mirrors:  sql/tables/workspaces.sql, sql/tables/workspace_members.sql, sql/tables/categories.sql,
--           sql/tables/tag_groups.sql, sql/tables/tags.sql, sql/tables/campaigns.sql,
--           sql/tables/content_assets.sql, sql/tables/content_asset_tags.sql,
--           sql/tables/social_posts.sql, sql/tables/approvals.sql, sql/tables/automation_rules.sql,
--           sql/tables/webhook_endpoints.sql, sql/tables/webhook_secrets.sql,
--           sql/tables/webhook_deliveries.sql, sql/tables/categorizations.sql,
--           sql/tables/label_proposals.sql, sql/tables/label_proposal_uses.sql,
--           sql/tables/cache_entries.sql, sql/tables/cache_invalidations.sql,
--           sql/tables/cache_leases.sql, sql/tables/cache_counters.sql,
--           sql/tables/cache_signing_keys.sql, sql/tables/idempotency_keys.sql,
--           sql/tables/jobs.sql, sql/tables/schedulings.sql, sql/tables/trained_heads.sql,
--           sql/tables/trained_head_labels.sql, sql/tables/gate_verdicts.sql,
--           sql/tables/invitations.sql, sql/tables/invitation_mails.sql, sql/tables/api_keys.sql,
--           sql/tables/api_key_secrets.sql, sql/tables/api_key_log.sql,
--           sql/tables/daily_spending.sql, sql/tables/spending.sql, sql/tables/reservations.sql,
--           sql/tables/backfills.sql, sql/tables/model_batches.sql, sql/tables/spare_vectors.sql
-- Undo:     forward only; it removes nothing

-- sql/tables/workspaces.sql
create table public.workspaces (
    id uuid not null default gen_random_uuid(),
    name text not null,

    embedding_model text,  -- null until the first vector is written, then fixed
    timezone text not null default 'UTC',  -- IANA name; posting times are read in it
    promote_after integer,  -- uses after which a proposed tag becomes one by itself; null: only by hand
    daily_budget numeric(12, 6) default 1,  -- US dollars a UTC day for models that cost money; null: none

    vocabulary_version integer not null default 1,  -- grows with every edit of a category or tag
    related_version integer,  -- of the vocabulary when tags.related_tags was made; null: never
    related_uses bigint,  -- the sum of tags.usage_count then

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint workspaces_pkey primary key (id),
    constraint workspaces_name_is_not_blank check (btrim(name) <> ''),
    constraint workspaces_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint workspaces_timezone_is_not_blank check (btrim(timezone) <> ''),
    constraint workspaces_promote_after_is_possible check (promote_after between 1 and 100000),
    -- an upper end, because NaN is greater than every number
    constraint workspaces_daily_budget_is_possible check (daily_budget between 0 and 100000)
);
comment on table public.workspaces is
'A team and everything it owns.

Every other row belongs to exactly one workspace; members see only theirs.';
comment on column public.workspaces.embedding_model is
'The model of every vector in this workspace. Null until the first vector is written, then fixed.';
comment on column public.workspaces.promote_after is
'In how much content a machine must have met an unknown word before it becomes a tag by itself; null: a person decides.';
comment on column public.workspaces.daily_budget is
'What models may cost this workspace in one day of UTC, in US dollars; 1 at first. Null and 0: nothing.';
comment on column public.workspaces.vocabulary_version is
'Grows with every edit of a category or tag; kept with each decision so that older ones can be found again.';

-- sql/tables/workspace_members.sql
create table public.workspace_members (
    workspace_id uuid not null,
    user_id uuid not null,

    role text not null,

    created_at timestamptz not null default now(),

    constraint workspace_members_pkey primary key (workspace_id, user_id),
    constraint workspace_members_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint workspace_members_user_id_fkey
    foreign key (user_id) references auth.users (id) on delete cascade,
    constraint workspace_members_role_is_known check (role in ('owner', 'editor', 'viewer'))
);
create index idx_workspace_members_user_id on public.workspace_members (user_id);
comment on table public.workspace_members is
'Who belongs to a workspace, and what they may do there.

owner: everything; editor: content, campaigns, posts, vocabulary, rules; viewer: read.';

-- sql/tables/categories.sql
create table public.categories (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    name text not null,
    parent_id uuid,

    description text,
    keywords text[] not null default '{}',
    examples text[] not null default '{}',
    counter_examples text[] not null default '{}',
    aliases text[] not null default '{}',
    distinct_from uuid[] not null default '{}',  -- ids of categories that a person said are not this one
    manual_only boolean not null default false,  -- true: never offered to a machine

    usage_count integer not null default 0,

    embedding extensions.vector(1536),  -- unit length; null until embedded
    embedding_model text,
    content_hash text,  -- of the text that the vector was made from

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint categories_pkey primary key (id),
    constraint categories_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint categories_name_is_unique unique (workspace_id, name),
    constraint categories_workspace_id_id_is_unique unique (workspace_id, id),
    constraint categories_parent_id_fkey
    foreign key (workspace_id, parent_id) references public.categories (workspace_id, id),
    constraint categories_parent_is_another check (parent_id <> id),
    constraint categories_name_is_not_blank check (btrim(name) <> ''),
    constraint categories_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint categories_name_fits check (char_length(name) <= 100),
    constraint categories_usage_count_is_not_negative check (usage_count >= 0),
    constraint categories_embedding_has_a_model check (embedding is null or embedding_model is not null)
);
-- no two that differ in case alone
create unique index categories_folded_name_is_unique on public.categories (workspace_id, lower(name));
create index idx_categories_parent_id on public.categories (workspace_id, parent_id);
comment on table public.categories is
'The closed vocabulary that content and campaigns are filed under, in at most two levels.

A label in use cannot be deleted; renaming one renames it everywhere.';
comment on column public.categories.keywords is 'Words and phrases that speak for this category.';
comment on column public.categories.aliases is
'Other names that mean this category, such as those of categories merged into it.';
comment on column public.categories.distinct_from is
'Ids of categories that a person said are not this one, so that no merge of the two is suggested again.';
comment on column public.categories.manual_only is 'True: only a person or a rule files content here.';
comment on column public.categories.usage_count is 'Content assets filed here now; kept by triggers.';

-- sql/tables/tag_groups.sql
create table public.tag_groups (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    name text not null,
    min_tags integer not null default 0,
    max_tags integer,  -- null: as many as you like

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint tag_groups_pkey primary key (id),
    constraint tag_groups_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint tag_groups_name_is_unique unique (workspace_id, name),
    constraint tag_groups_workspace_id_id_is_unique unique (workspace_id, id),
    constraint tag_groups_name_is_not_blank check (btrim(name) <> ''),
    constraint tag_groups_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint tag_groups_name_fits check (char_length(name) <= 100),
    constraint tag_groups_min_tags_is_possible check (min_tags between 0 and 8),
    constraint tag_groups_max_tags_is_possible check (max_tags between 1 and 100),
    constraint tag_groups_min_tags_is_not_over_max check (min_tags <= max_tags)
);
comment on table public.tag_groups is
'Tags of which content has so many: funnel stage, exactly one of awareness, decision and loyalty. tags.tag_group says
which tags.

A machine''s answer is cut to max_tags and filled to min_tags. A person''s tag drives out a machine''s of a full group;
one more than max_tags of her own is refused. What is amiss all the same is in tag_group_gaps.';
comment on column public.tag_groups.min_tags is 'Content has at least so many, as soon as a machine has read it.';

-- sql/tables/tags.sql
create table public.tags (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    name text not null,
    -- without case, spaces, '-', '_' and plural: what makes two tags the same
    folded_name text not null generated always as (private.fold_tag(name)) stored,
    tag_type text,
    tag_group text,  -- name of a group of which content has only so many

    description text,
    keywords text[] not null default '{}',
    examples text[] not null default '{}',
    counter_examples text[] not null default '{}',
    aliases text[] not null default '{}',
    distinct_from uuid[] not null default '{}',  -- ids of tags that a person said are not this one
    manual_only boolean not null default false,  -- true: never offered to a machine

    usage_count integer not null default 0,
    related_tags text[] not null default '{}',

    embedding extensions.vector(1536),  -- unit length; null until embedded
    embedding_model text,
    content_hash text,  -- of the text that the vector was made from

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint tags_pkey primary key (id),
    constraint tags_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint tags_tag_group_fkey
    foreign key (workspace_id, tag_group) references public.tag_groups (workspace_id, name)
    on update cascade,
    constraint tags_name_is_unique unique (workspace_id, name),
    constraint tags_workspace_id_id_is_unique unique (workspace_id, id),
    constraint tags_name_and_type_are_unique unique (workspace_id, name, tag_type),
    constraint tags_folded_name_is_not_blank check (folded_name <> ''),
    constraint tags_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint tags_name_fits check (char_length(name) <= 100),
    constraint tags_tag_type_is_snake_case check (tag_type ~ '^[a-z][a-z0-9_]*$'),
    constraint tags_usage_count_is_not_negative check (usage_count >= 0),
    constraint tags_embedding_has_a_model check (embedding is null or embedding_model is not null)
);
create index idx_tags_tag_type on public.tags (workspace_id, tag_type);
create index idx_tags_tag_group on public.tags (workspace_id, tag_group);
-- Partial, although no row is left out: a column of a whole unique index is a key, and as folded_name is generated,
-- every count of a tag would then take the lock of a rename and wait for all who point at the tag.
create unique index tags_folded_name_is_unique on public.tags (workspace_id, folded_name)
where folded_name <> '';
comment on table public.tags is
'Words that describe content: industry, audience, emotion, format and whatever else a team keeps.

Two tags of a workspace never fold to the same word. A tag of type audience is also a target audience.';
comment on column public.tags.folded_name is
'The name without case, spaces, hyphens, underscores and plural; what makes two tags the same.';
comment on column public.tags.tag_group is 'Name of the group it belongs to; see tag_groups.';
comment on column public.tags.aliases is 'Other spellings that mean this tag.';
comment on column public.tags.distinct_from is
'Ids of tags that a person said are not this one, so that no merge of the two is suggested again.';
comment on column public.tags.manual_only is 'True: only a person or a rule uses this tag.';
comment on column public.tags.usage_count is 'Content assets this tag is applied to now; kept by triggers.';
comment on column public.tags.related_tags is 'Names of tags often used together with this one.';

-- sql/tables/campaigns.sql
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

-- sql/tables/content_assets.sql
create table public.content_assets (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    campaign_id uuid,
    source_key text,  -- what an import calls this row

    asset_type text not null default 'text',
    content text,
    file_path text,
    file_url text,
    alt_text text,
    language text,  -- ISO 639-1; null when unsure

    generator text,
    prompt text,
    parameters jsonb not null default '{}',
    generation_cost numeric(14, 4),
    generation_time_ms integer,

    primary_category text,
    tags text[] not null default '{}',  -- mirror of the applied rows of content_asset_tags
    sentiment text,
    target_audience text,  -- name of a tag of type audience
    category_source text,
    sentiment_source text,
    audience_source text,
    audience_type text not null default 'audience',  -- what that tag's tag_type must be
    label_state text not null default 'queued',
    confirmed_at timestamptz,
    golden boolean not null default false,

    quality_score numeric(3, 2),  -- 0..1, higher is better; null when there is nothing to judge
    quality_parts jsonb,
    revision_count integer not null default 0,

    approval text not null default 'none',
    approval_by uuid,
    approval_at timestamptz,
    approval_rule text,  -- name of the rule that decided; null: a person or a program
    approval_note text,

    embedding extensions.vector(1536),  -- unit length; null until embedded or when there is nothing to embed
    embedding_model text,
    content_hash text,  -- of the text that the vector was made from

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint content_assets_pkey primary key (id),
    constraint content_assets_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint content_assets_workspace_id_id_is_unique unique (workspace_id, id),
    constraint content_assets_source_key_is_unique unique (workspace_id, source_key),
    constraint content_assets_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.campaigns (workspace_id, id) on delete cascade,
    constraint content_assets_primary_category_fkey
    foreign key (workspace_id, primary_category) references public.categories (workspace_id, name)
    on update cascade,
    constraint content_assets_target_audience_fkey
    foreign key (workspace_id, target_audience, audience_type)
    references public.tags (workspace_id, name, tag_type)
    on update cascade,
    constraint content_assets_asset_type_is_known check (asset_type in ('text', 'image', 'video')),
    constraint content_assets_generator_is_snake_case check (generator ~ '^[a-z][a-z0-9_]*$'),
    constraint content_assets_content_fits check (octet_length(content) <= 1000000),
    constraint content_assets_prompt_fits check (octet_length(prompt) <= 1000000),
    constraint content_assets_alt_text_fits check (octet_length(alt_text) <= 1000000),
    constraint content_assets_file_path_fits check (char_length(file_path) <= 500),
    constraint content_assets_file_url_fits check (char_length(file_url) <= 2000),
    -- http, https or none: javascript: and data: run where they are followed
    constraint content_assets_file_url_has_no_other_scheme
    check (
        file_url ~ '^https?://'
        or strpos(file_url, ':') = 0
        or strpos(file_url, '/') between 1 and strpos(file_url, ':')
    ),
    constraint content_assets_parameters_is_an_object check (jsonb_typeof(parameters) = 'object'),
    constraint content_assets_generation_cost_is_not_negative
    check (generation_cost >= 0 and generation_cost < 10000000000),  -- NaN is above every number
    constraint content_assets_generation_time_ms_is_not_negative check (generation_time_ms >= 0),
    constraint content_assets_sentiment_is_known
    check (sentiment in ('positive', 'neutral', 'negative', 'mixed')),
    constraint content_assets_category_source_is_known
    check (category_source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint content_assets_sentiment_source_is_known
    check (sentiment_source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint content_assets_audience_source_is_known
    check (audience_source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint content_assets_audience_type_is_audience check (audience_type = 'audience'),
    constraint content_assets_label_state_is_known
    check (label_state in ('queued', 'labeled', 'review', 'failed')),
    constraint content_assets_quality_score_is_unit check (quality_score between 0 and 1),
    constraint content_assets_revision_count_is_not_negative check (revision_count >= 0),
    constraint content_assets_approval_is_known
    check (approval in ('none', 'required', 'approved', 'rejected')),
    constraint content_assets_embedding_has_a_model check (embedding is null or embedding_model is not null)
);
create index idx_content_assets_campaign_id on public.content_assets (workspace_id, campaign_id);
create index idx_content_assets_asset_type on public.content_assets (workspace_id, asset_type);
create index idx_content_assets_primary_category on public.content_assets (workspace_id, primary_category);
create index idx_content_assets_target_audience
on public.content_assets (workspace_id, target_audience, audience_type);
create index idx_content_assets_label_state on public.content_assets (workspace_id, label_state);
create index idx_content_assets_created_at on public.content_assets (workspace_id, created_at desc, id desc);
create index idx_content_assets_updated_at on public.content_assets (workspace_id, updated_at, id);
create index idx_content_assets_approval
on public.content_assets (workspace_id, approval_at) where approval = 'required';
create index idx_content_assets_tags on public.content_assets using gin (tags);
create index idx_content_assets_embedding
on public.content_assets using hnsw (embedding extensions.vector_cosine_ops)
with (ef_construction = 128);
create index idx_content_assets_words
on public.content_assets using gin (private.content_words(workspace_id, content, prompt, alt_text, file_path));
-- the rows a machine may learn from
create index idx_content_assets_confirmed_embedding
on public.content_assets using hnsw (embedding extensions.vector_cosine_ops)
where confirmed_at is not null and primary_category is not null and not golden;
create index idx_content_assets_confirmed_hash
on public.content_assets (workspace_id, content_hash)
where confirmed_at is not null and primary_category is not null and not golden;
-- the rows that new heads, models and vocabularies are measured with
create index idx_content_assets_golden on public.content_assets (workspace_id, content_hash) where golden;
comment on table public.content_assets is
'One piece of content, labeled by itself: category, tags, sentiment, audience, quality and embedding.

Its text is content, else prompt, else alt_text, else the file name.
A label set by a person is never changed by a machine.';
comment on column public.content_assets.source_key is
'What an import calls this row; unique in the workspace, so a second run of the import adds nothing.';
comment on column public.content_assets.tags is
'Names of the applied tags. Editing the array is how a person adds tags and refuses them; content_asset_tags keeps the reasons.';
comment on column public.content_assets.primary_category is
'Name of a category of this workspace. Set by a person, it stays; machines fill it only while category_source is not human.';
comment on column public.content_assets.target_audience is
'Name of a tag of type audience. A person''s new word becomes one; a tag of another type is refused.';
comment on column public.content_assets.audience_type is
'Always audience: half of the key that holds target_audience to tags of that type.';
comment on column public.content_assets.label_state is
'queued: waiting for a worker; labeled; review: nobody was sure; failed: see the dead job.';
comment on column public.content_assets.confirmed_at is
'When a person set the category; null when a machine did. Machines learn from confirmed rows only.';
comment on column public.content_assets.golden is
'One of the rows that a new head, model, prompt or vocabulary is measured with before it goes live. It counts while a
person''s category stands on it, and is never learned from: no neighbor, no example, not in any head.';
comment on column public.content_assets.content_hash is
'sha256 of the text that the stored vector was made from, lower-case hex.';
comment on column public.content_assets.approval is
'none: nobody asks for one; required, rejected: no post of it can be scheduled or posted; approved.
Changed by rules and by the RPCs approve, reject and require_approval; each change is in approvals.';
comment on column public.content_assets.quality_parts is 'What quality_score is made of: part name to 0..1.';

-- sql/tables/content_asset_tags.sql
create table public.content_asset_tags (
    workspace_id uuid not null,
    content_asset_id uuid not null,
    tag_id uuid not null,

    source text not null,
    score real,  -- 0..1; null for a person's
    reason text,
    state text not null default 'applied',

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint content_asset_tags_pkey primary key (content_asset_id, tag_id),
    constraint content_asset_tags_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint content_asset_tags_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id)
    on delete cascade,
    constraint content_asset_tags_tag_id_fkey
    foreign key (workspace_id, tag_id) references public.tags (workspace_id, id) on delete cascade,
    constraint content_asset_tags_source_is_known
    check (source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint content_asset_tags_score_is_unit check (score between 0 and 1),
    constraint content_asset_tags_state_is_known check (state in ('applied', 'rejected')),
    constraint content_asset_tags_only_people_reject check (state = 'applied' or source = 'human')
);
create index idx_content_asset_tags_content_asset_id on public.content_asset_tags (workspace_id, content_asset_id);
create index idx_content_asset_tags_tag_id on public.content_asset_tags (workspace_id, tag_id);
comment on table public.content_asset_tags is
'Which tags an asset carries, who put them there and why; and which a person refused.

A refused tag is never applied again by a machine.';

-- sql/tables/social_posts.sql
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

-- sql/tables/approvals.sql
create table public.approvals (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    content_asset_id uuid,
    social_post_id uuid,

    previous_approval text not null,
    approval text not null,
    rule text,  -- its name at that time; null: a person or a program decided
    note text,
    decided_by uuid,  -- of the account; null: a rule, or somebody with the service's key

    created_at timestamptz not null default now(),

    constraint approvals_pkey primary key (id),
    constraint approvals_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint approvals_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id)
    on delete cascade,
    constraint approvals_social_post_id_fkey
    foreign key (workspace_id, social_post_id) references public.social_posts (workspace_id, id)
    on delete cascade,
    constraint approvals_target_is_one check ((content_asset_id is null) <> (social_post_id is null)),
    constraint approvals_previous_approval_is_known
    check (previous_approval in ('none', 'required', 'approved', 'rejected')),
    constraint approvals_approval_is_known
    check (approval in ('none', 'required', 'approved', 'rejected'))
);
create index idx_approvals_content_asset_id
on public.approvals (workspace_id, content_asset_id, created_at desc);
create index idx_approvals_social_post_id
on public.approvals (workspace_id, social_post_id, created_at desc);
comment on table public.approvals is
'Every change of an approval of content or a post: who, when, from what to what, by which rule. Written by triggers.';

-- sql/tables/automation_rules.sql
create table public.automation_rules (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    name text not null,
    rule_type text not null,

    conditions jsonb not null,
    actions jsonb not null,
    priority integer not null default 0,  -- higher runs first; ties by age
    enabled boolean not null default true,

    execution_count bigint not null default 0,
    success_count bigint not null default 0,
    last_execution timestamptz,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint automation_rules_pkey primary key (id),
    constraint automation_rules_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint automation_rules_workspace_id_id_is_unique unique (workspace_id, id),
    constraint automation_rules_name_is_unique unique (workspace_id, name),
    constraint automation_rules_name_is_not_blank check (btrim(name) <> ''),
    constraint automation_rules_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint automation_rules_name_fits check (char_length(name) <= 255),
    constraint automation_rules_rule_type_is_known
    check (rule_type in ('categorization', 'tagging', 'scheduling', 'approval')),
    constraint automation_rules_execution_count_is_not_negative check (execution_count >= 0),
    constraint automation_rules_success_count_is_not_negative check (success_count >= 0)
);
create index idx_automation_rules_enabled
on public.automation_rules (workspace_id, rule_type, priority desc, created_at)
where enabled;
comment on table public.automation_rules is
'If an asset looks like this, do that: JSON conditions and actions, checked when saved.

Categorization rules decide before anything else; tagging rules also see what was just decided.';
comment on column public.automation_rules.execution_count is 'Assets this rule matched; kept on completion.';
comment on column public.automation_rules.success_count is
'Matches whose action took effect, that is, was not overruled by a person or a rule of higher priority.';

-- sql/tables/webhook_endpoints.sql
create table public.webhook_endpoints (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    name text not null,  -- what the action `webhook` of a rule says; never changes
    url text not null,
    events text[] not null default '{}',  -- of content.labeled, content.review; rules need none
    enabled boolean not null default true,

    disabled_reason text,  -- when it was not a person who disabled it
    failures integer not null default 0,  -- in a row
    failing_since timestamptz,
    paused_until timestamptz,  -- nothing is sent before

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint webhook_endpoints_pkey primary key (id),
    constraint webhook_endpoints_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint webhook_endpoints_workspace_id_id_is_unique unique (workspace_id, id),
    constraint webhook_endpoints_name_is_unique unique (workspace_id, name),
    constraint webhook_endpoints_name_is_not_blank check (btrim(name) <> ''),
    constraint webhook_endpoints_name_fits check (char_length(name) <= 100),
    constraint webhook_endpoints_url_fits check (char_length(url) <= 2000),
    constraint webhook_endpoints_failures_is_not_negative check (failures >= 0)
);
comment on table public.webhook_endpoints is
'Where a workspace wants to be told: a public https address, and what about.

Each delivery is signed (Standard Webhooks 1.0.0); rotate_webhook_secret gives the secret, once.';
comment on column public.webhook_endpoints.failures is
'Deliveries that failed since the last one that did not; after ten in a row the endpoint pauses.';

-- sql/tables/webhook_secrets.sql
create table private.webhook_secrets (
    id bigint not null generated always as identity,
    workspace_id uuid not null,
    endpoint_id uuid not null,
    secret text not null,  -- whsec_ and 48 bytes in base64
    expires_at timestamptz,  -- null: the current one

    created_at timestamptz not null default now(),

    constraint webhook_secrets_pkey primary key (id),
    constraint webhook_secrets_endpoint_id_fkey
    foreign key (workspace_id, endpoint_id) references public.webhook_endpoints (workspace_id, id)
    on delete cascade
);
create index idx_webhook_secrets_endpoint_id on private.webhook_secrets (workspace_id, endpoint_id);
create unique index idx_webhook_secrets_current on private.webhook_secrets (endpoint_id) where expires_at is null;
comment on table private.webhook_secrets is
'What deliveries are signed with: one current secret an endpoint, and rotated ones until they expire.';

-- sql/tables/webhook_deliveries.sql
create table public.webhook_deliveries (
    id uuid not null default gen_random_uuid(),  -- sent as webhook-id, the same at every try
    workspace_id uuid not null,
    endpoint_id uuid not null,
    event_type text not null,
    payload jsonb not null,

    state text not null default 'waiting',
    attempt integer not null default 0,  -- with the id: the fence; only grows
    failures integer not null default 0,  -- towards dead
    run_at timestamptz not null default now(),  -- waiting: not before; leased: the lease ends
    leased_by text,

    last_status integer,  -- of HTTP; null when nothing answered
    last_error text,
    last_response text,  -- its first thousand characters
    duration_ms integer,
    delivered_at timestamptz,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint webhook_deliveries_pkey primary key (id),
    constraint webhook_deliveries_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint webhook_deliveries_endpoint_id_fkey
    foreign key (workspace_id, endpoint_id) references public.webhook_endpoints (workspace_id, id)
    on delete cascade,
    constraint webhook_deliveries_event_type_is_known
    check (event_type in ('content.labeled', 'content.review', 'rule.matched', 'webhook.test')),
    constraint webhook_deliveries_state_is_known check (state in ('waiting', 'leased', 'delivered', 'dead')),
    constraint webhook_deliveries_attempt_is_not_negative check (attempt >= 0),
    constraint webhook_deliveries_failures_is_not_negative check (failures >= 0),
    constraint webhook_deliveries_leased_has_a_worker check ((state = 'leased') = (leased_by is not null))
);
create index idx_webhook_deliveries_endpoint_id
on public.webhook_deliveries (workspace_id, endpoint_id, created_at desc);
create index idx_webhook_deliveries_claimable
on public.webhook_deliveries (endpoint_id, run_at)
where state in ('waiting', 'leased');
create index idx_webhook_deliveries_finished
on public.webhook_deliveries (updated_at)
where state in ('delivered', 'dead');
create index idx_webhook_deliveries_dead on public.webhook_deliveries (updated_at) where state = 'dead';
comment on table public.webhook_deliveries is
'What is to be told, to whom, and how that went: a row a message, written with what it tells of.

waiting -> leased (claim_deliveries) -> delivered, back to waiting (it failed), or dead (replay_deliveries).
Finished ones are kept for 30 days.';

-- sql/tables/categorizations.sql
create table public.categorizations (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    content_asset_id uuid,
    campaign_id uuid,

    field text not null,
    label text,  -- the name at that time; null: abstained, or cleared by a person
    labels jsonb,  -- for field tags: [{name, source, score, reason, rule_id}]
    candidate text,  -- of a category nobody was sure of: the name of what came nearest
    previous_label text,
    source text,  -- null when nobody was sure
    rule_id uuid,  -- of a rule; kept when the rule is gone
    head_version integer,  -- of a trained label: the version of trained_heads
    judged_id uuid,  -- of a person's decision: the machine's that stood there
    score real,  -- 0..1; what it measures: see the comment
    reasons jsonb not null default '[]',
    outcome text not null,

    model text,
    fallback text,  -- why the offline analyst spoke for a model; on the category, once a run
    prompt_version text,
    vocabulary_version integer,
    embedding_model text,
    content_hash text,
    cost numeric(14, 6),
    latency_ms integer,
    decided_by uuid,
    audited_at timestamptz,  -- when sample_audit picked this decision of a machine

    created_at timestamptz not null default now(),

    constraint categorizations_pkey primary key (id),
    constraint categorizations_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint categorizations_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id)
    on delete cascade,
    constraint categorizations_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.campaigns (workspace_id, id)
    on delete cascade,
    constraint categorizations_target_is_one check ((content_asset_id is null) <> (campaign_id is null)),
    constraint categorizations_field_is_known check (field in ('category', 'tags', 'sentiment', 'audience')),
    constraint categorizations_source_is_known
    check (source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint categorizations_score_is_unit check (score between 0 and 1),
    constraint categorizations_head_version_is_positive check (head_version > 0),
    constraint categorizations_judged_by_a_person check (judged_id is null or source = 'human'),
    constraint categorizations_outcome_is_known check (outcome in ('applied', 'kept_human', 'abstained')),
    constraint categorizations_fallback_is_known check (fallback in ('budget', 'provider', 'gate')),
    constraint categorizations_reasons_is_an_array check (jsonb_typeof(reasons) = 'array'),
    constraint categorizations_cost_is_not_negative check (cost >= 0),
    constraint categorizations_latency_ms_is_not_negative check (latency_ms >= 0)
);
create index idx_categorizations_content_asset_id
on public.categorizations (workspace_id, content_asset_id, created_at desc);
create index idx_categorizations_campaign_id
on public.categorizations (workspace_id, campaign_id, created_at desc);
create index idx_categorizations_fallback
on public.categorizations (workspace_id, created_at) where fallback is not null;
-- what people said of machines since a head was fitted
create index idx_categorizations_judged
on public.categorizations (workspace_id, created_at) where judged_id is not null;
comment on table public.categorizations is
'Every decision about a label, a row a field: who decided, how sure, why, with which model, prompt and vocabulary.

outcome applied: it became the label; kept_human: a person''s label stood; abstained: nobody was sure.';
comment on column public.categorizations.fallback is
'Why the offline analyst answered for the model that is configured. budget: the day''s was spent; provider: it was
down or out of money; gate: the model has not passed on the golden set. Null: who was asked answered. The view
offline_decisions shows what still stands so.';
comment on column public.categorizations.judged_id is
'What a person''s decision confirms or corrects: the machine''s last one on this field. Null where no machine had
spoken, and where she changes her own mind. The view corrections puts the two side by side.';
comment on column public.categorizations.audited_at is
'When sample_audit picked this decision at random for a person to judge; null: it did not.';
comment on column public.categorizations.cost is
'What the model''s answer cost in US dollars, on the category, once a run; null when it was known or cost nothing.';
comment on column public.categorizations.score is
'0..1. Of reuse the cosine similarity; of neighbor the share of similar texts that agree, times the similarity of the
nearest; of trained a probability; of model a share of the evidence, or how strong a word or feeling is; of rule 1.';

-- sql/tables/label_proposals.sql
create table public.label_proposals (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    kind text not null,
    name text not null,
    folded_name text not null generated always as (private.fold_tag(name)) stored,
    state text not null default 'open',

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint label_proposals_pkey primary key (id),
    constraint label_proposals_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint label_proposals_workspace_id_id_is_unique unique (workspace_id, id),
    constraint label_proposals_kind_is_known check (kind in ('category', 'tag')),
    constraint label_proposals_folded_name_is_not_blank check (folded_name <> ''),
    constraint label_proposals_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint label_proposals_name_fits check (char_length(name) <= 100),
    constraint label_proposals_state_is_known check (state in ('open', 'refused', 'removed'))
);
create unique index label_proposals_folded_name_is_unique
on public.label_proposals (workspace_id, kind, folded_name);
comment on table public.label_proposals is
'Words that are no labels: open ones may become some, refused and removed ones do not return by themselves.

A machine''s unknown word is open until a person promotes or refuses it. A label that is deleted is remembered as
removed. A word that becomes a label is gone from here.';
comment on column public.label_proposals.state is
'open; refused: a person does not want it; removed: it was a label until a person deleted it.';

-- sql/tables/label_proposal_uses.sql
create table public.label_proposal_uses (
    workspace_id uuid not null,
    proposal_id uuid not null,
    content_asset_id uuid not null,

    created_at timestamptz not null default now(),

    constraint label_proposal_uses_pkey primary key (proposal_id, content_asset_id),
    constraint label_proposal_uses_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint label_proposal_uses_proposal_id_fkey
    foreign key (workspace_id, proposal_id) references public.label_proposals (workspace_id, id)
    on delete cascade,
    constraint label_proposal_uses_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id)
    on delete cascade
);
create index idx_label_proposal_uses_proposal_id on public.label_proposal_uses (workspace_id, proposal_id);
create index idx_label_proposal_uses_content_asset_id on public.label_proposal_uses (workspace_id, content_asset_id);
comment on table public.label_proposal_uses is
'The evidence of a proposal: content in which a machine met the word.';

-- sql/tables/cache_entries.sql
create table public.cache_entries (
    cache_key text not null,
    workspace_id uuid not null,

    cache_value jsonb not null,
    cache_type text not null,
    scopes text[] not null default '{}',  -- what it ends with: "*", "kind:embedding", "asset:<id>", ...
    ttl_seconds integer not null default 3600,

    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    last_accessed timestamptz not null default now(),
    access_count bigint not null default 0,

    constraint cache_entries_pkey primary key (cache_key),
    constraint cache_entries_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint cache_entries_cache_type_is_snake_case check (cache_type ~ '^[a-z][a-z0-9_]*$'),
    constraint cache_entries_ttl_seconds_is_positive check (ttl_seconds > 0),
    constraint cache_entries_access_count_is_not_negative check (access_count >= 0)
);
create index idx_cache_entries_workspace_id on public.cache_entries (workspace_id, cache_type);
create index idx_cache_entries_scopes on public.cache_entries using gin (scopes);
create index idx_cache_entries_expires_at on public.cache_entries (expires_at);
comment on table public.cache_entries is
'The slowest, surest tier of the cache: what was expensive to compute, until it expires. For the service only.';

-- sql/tables/cache_invalidations.sql
create table private.cache_invalidations (
    scope text not null,
    epoch bigint not null,  -- counts invalidations; what was begun in an earlier one is not stored
    invalidated_at timestamptz not null default clock_timestamp(),

    constraint cache_invalidations_pkey primary key (scope),
    constraint cache_invalidations_epoch_is_positive check (epoch > 0)
);
create index idx_cache_invalidations_epoch on private.cache_invalidations (epoch);
comment on table private.cache_invalidations is
'What of the cache was declared wrong, and when: the last time of each scope. Every process reads along.';

-- sql/tables/cache_leases.sql
create table private.cache_leases (
    cache_key text not null,
    owner text not null,
    leased_until timestamptz not null,

    constraint cache_leases_pkey primary key (cache_key)
);
create index idx_cache_leases_leased_until on private.cache_leases (leased_until);
comment on table private.cache_leases is
'Who is computing what the cache does not have, so that others wait instead of computing it too.';

-- sql/tables/cache_counters.sql
create table private.cache_counters (
    day date not null,
    cache_type text not null,
    tier text not null,  -- compute: what no tier had

    hits bigint not null default 0,
    misses bigint not null default 0,
    computes bigint not null default 0,
    errors bigint not null default 0,
    bytes_read bigint not null default 0,
    bytes_written bigint not null default 0,
    saved_seconds double precision not null default 0,  -- of computing
    saved_cost numeric not null default 0,  -- in US dollars

    constraint cache_counters_pkey primary key (day, cache_type, tier),
    constraint cache_counters_cache_type_is_snake_case check (cache_type ~ '^[a-z][a-z0-9_]*$'),
    constraint cache_counters_tier_is_known check (tier in ('memory', 'redis', 'table', 'compute')),
    constraint cache_counters_is_not_negative
    check (least(hits, misses, computes, errors, bytes_read, bytes_written, saved_seconds, saved_cost) >= 0)
);
comment on table private.cache_counters is
'What the cache was asked and what it saved, by day, kind and tier; every process adds to it now and then.';

-- sql/tables/cache_signing_keys.sql
create table private.cache_signing_keys (
    signing_key text not null,  -- 64 hex digits

    created_at timestamptz not null default now(),

    constraint cache_signing_keys_pkey primary key (signing_key),
    constraint cache_signing_keys_signing_key_is_long check (length(signing_key) >= 64)
);
comment on table private.cache_signing_keys is
'What entries in Redis are signed with, so that nobody who can write there is believed. The oldest counts.';

-- sql/tables/idempotency_keys.sql
create table private.idempotency_keys (
    request_key text not null,  -- who asks, then what for and under which key
    body_hash text not null,
    owner text not null,  -- who acts, and alone may say how it ended
    leased_until timestamptz not null,
    answer text,  -- null: none yet

    created_at timestamptz not null default now(),

    constraint idempotency_keys_pkey primary key (request_key),
    constraint idempotency_keys_request_key_fits check (length(request_key) <= 200),
    constraint idempotency_keys_body_hash_fits check (length(body_hash) <= 100),
    constraint idempotency_keys_owner_fits check (length(owner) <= 100),
    constraint idempotency_keys_answer_fits check (length(answer) <= 1000000)
);
create index idx_idempotency_keys_created_at on private.idempotency_keys (created_at);
comment on table private.idempotency_keys is
'Requests that are done once however often they are sent: what each was answered, for a day, or who is at it.';

-- sql/tables/jobs.sql
create table private.jobs (
    id bigint not null generated always as identity,
    workspace_id uuid not null,
    kind text not null,
    target_id uuid not null,

    state text not null default 'waiting',
    content_hash text,  -- of the text to work on
    attempt integer not null default 0,  -- with the id: the fence; only grows
    failures integer not null default 0,  -- towards dead
    run_at timestamptz not null default now(),  -- waiting: not before; leased: the lease ends
    leased_by text,
    last_error text,
    backfill_id uuid,  -- the run that took the row and counts what becomes of it; no key: runs are not deleted
    -- whether the edge function may embed the text: null, it may; a time, from then on; 9999-12-31, never
    embedding_until timestamptz,
    -- vectors of labels before the content that needs them
    priority smallint not null
    generated always as (case when kind in ('embed_category', 'embed_tag') then 0 else 1 end) stored,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint jobs_pkey primary key (id),
    constraint jobs_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint jobs_target_is_unique unique (kind, target_id),
    constraint jobs_kind_is_known
    check (kind in ('categorize_content', 'categorize_campaign', 'embed_category', 'embed_tag')),
    constraint jobs_state_is_known check (state in ('waiting', 'leased', 'dead')),
    constraint jobs_attempt_is_not_negative check (attempt >= 0),
    constraint jobs_failures_is_not_negative check (failures >= 0),
    constraint jobs_leased_has_a_worker check ((state = 'leased') = (leased_by is not null))
)
-- finished rows are deleted at the rate content arrives
with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);
create index idx_jobs_claimable on private.jobs (workspace_id, priority, run_at) where state <> 'dead';
-- the few leases after which a job would be dead
create index idx_jobs_failing on private.jobs (run_at) where state = 'leased' and failures > 0;
create index idx_jobs_backfill_id on private.jobs (backfill_id) where backfill_id is not null;
create index idx_jobs_dead on private.jobs (workspace_id) where state = 'dead';
comment on table private.jobs is
'The queue: at most one row for each thing to do, deleted when done.

waiting -> leased (claim_jobs) -> gone (complete_jobs), back to waiting (transient failure), or dead (replay_jobs).';

-- sql/tables/schedulings.sql
create table private.schedulings (
    workspace_id uuid not null,
    content_asset_id uuid not null,
    platform text not null,
    rule text not null,  -- its name at that time
    scheduled_time timestamptz not null,

    created_at timestamptz not null default now(),

    constraint schedulings_pkey primary key (content_asset_id, platform),
    constraint schedulings_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint schedulings_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id)
    on delete cascade
);
create index idx_schedulings_workspace_id on private.schedulings (workspace_id, content_asset_id);
comment on table private.schedulings is
'What rules have scheduled, once for each content and platform: a post that a person deletes does not come back.';

-- sql/tables/trained_heads.sql
create table public.trained_heads (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,

    version integer not null,  -- 1, 2, 3 in each workspace
    active boolean not null default false,
    origin text not null default 'person',
    embedding_model text not null,
    train_rows integer not null,
    threshold real not null,  -- 0..1; of labels without one of their own
    target_precision real not null,  -- 0..1; how often right what it decides alone shall be
    margin real not null,  -- 0..1; what it might lose against the version before, and go live
    measures jsonb not null default '{}',
    comparison jsonb,

    activated_at timestamptz,  -- the last time; null: it never went live
    created_at timestamptz not null default now(),

    constraint trained_heads_pkey primary key (id),
    constraint trained_heads_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint trained_heads_version_is_unique unique (workspace_id, version),
    constraint trained_heads_workspace_id_id_is_unique unique (workspace_id, id),
    constraint trained_heads_version_is_positive check (version > 0),
    constraint trained_heads_origin_is_known check (origin in ('person', 'automatic')),
    constraint trained_heads_train_rows_is_positive check (train_rows > 0),
    constraint trained_heads_threshold_is_unit check (threshold between 0 and 1),
    constraint trained_heads_target_precision_is_unit check (target_precision between 0 and 1),
    constraint trained_heads_margin_is_unit check (margin between 0 and 1),
    constraint trained_heads_measures_is_an_object check (jsonb_typeof(measures) = 'object'),
    constraint trained_heads_comparison_is_an_object check (jsonb_typeof(comparison) = 'object')
);
-- of each model one, so that a workspace that returns to its former vectors has their head again
create unique index idx_trained_heads_active on public.trained_heads (workspace_id, embedding_model) where active;
comment on table public.trained_heads is
'The classifiers a workspace learned from its confirmed rows, a row a version; of each embedding model at most one is active.

One vector and one bias a label, in private.trained_head_labels: those of the last ten versions and of the active one.';
comment on column public.trained_heads.origin is
'person: somebody asked for it; automatic: enough new corrections had come in.';
comment on column public.trained_heads.measures is
'On rows it was not fitted on, by cross-validation: {"rows", "accuracy", "coverage", "precision", "calibration_error",
"temperature", "labels": [{"category", "rows", "threshold", "precision", "recall", "coverage"}]}. coverage: the share it
decides alone; precision: how often that was right. "golden": the golden set it was fitted beside,
beginnings of ids; rows
that became golden later it may have learned from, so they are not asked when it is compared.';
comment on column public.trained_heads.comparison is
'With the version that was active then: {"basis", "rows", "before", "after", "margin", "passed", "told", "labels":
[{"category", "rows", "before", "after"}]}. basis golden: the golden set; fresh: rows filed since that version;
cross_validation: what each reached by itself; none: there was no version to compare with.';
comment on column public.trained_heads.activated_at is 'When it last went live; null: it never did.';

-- sql/tables/trained_head_labels.sql
create table private.trained_head_labels (
    workspace_id uuid not null,
    head_id uuid not null,
    category_id uuid not null,

    weights extensions.vector(1536) not null,
    bias real not null,
    threshold real,  -- 0..1; a score at or above it is applied without asking; null: the head's

    constraint trained_head_labels_pkey primary key (head_id, category_id),
    constraint trained_head_labels_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint trained_head_labels_head_id_fkey
    foreign key (workspace_id, head_id) references public.trained_heads (workspace_id, id) on delete cascade,
    constraint trained_head_labels_category_id_fkey
    foreign key (workspace_id, category_id) references public.categories (workspace_id, id) on delete cascade,
    constraint trained_head_labels_threshold_is_unit check (threshold between 0 and 1)
);
create index idx_trained_head_labels_category_id on private.trained_head_labels (workspace_id, category_id);
create index idx_trained_head_labels_head_id on private.trained_head_labels (workspace_id, head_id);
comment on table private.trained_head_labels is
'score of a label = weights . embedding + bias; softmax over the labels of the head.';

-- sql/tables/gate_verdicts.sql
create table public.gate_verdicts (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,

    subject text not null,
    model text not null,  -- whose answers were measured
    prompt_version text,  -- null: the offline analyst's, who has none
    origin text not null default 'person',
    basis text not null,
    margin real,  -- 0..1; what it might lose and pass
    comparison jsonb,
    passed boolean not null,
    forced boolean not null default false,  -- it did not pass by itself

    created_at timestamptz not null default now(),

    constraint gate_verdicts_pkey primary key (id),
    constraint gate_verdicts_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint gate_verdicts_subject_is_known check (subject in ('analyst', 'vocabulary')),
    constraint gate_verdicts_analyst_has_a_prompt check (subject <> 'analyst' or prompt_version is not null),
    constraint gate_verdicts_origin_is_known check (origin in ('person', 'automatic')),
    constraint gate_verdicts_basis_is_known check (basis in ('golden', 'none')),
    constraint gate_verdicts_margin_is_unit check (margin between 0 and 1),
    constraint gate_verdicts_comparison_is_an_object check (jsonb_typeof(comparison) = 'object'),
    constraint gate_verdicts_golden_has_a_comparison check ((basis = 'golden') = (comparison is not null)),
    constraint gate_verdicts_forced_has_passed check (passed or not forced)
);
create index idx_gate_verdicts_model
on public.gate_verdicts (workspace_id, model, prompt_version, created_at desc);
-- what was in use before there was a golden set is told once
create unique index idx_gate_verdicts_unmeasured
on public.gate_verdicts (workspace_id, model, prompt_version) where basis = 'none';
comment on table public.gate_verdicts is
'What the golden set of a workspace said of a hosted model with a prompt, or of other descriptions of categories.

Of a model with a prompt the newest row counts. Where it did not pass, and where there is none beside 30 golden rows or
more, reserve_spend grants it nothing, and the offline analyst decides.';
comment on column public.gate_verdicts.subject is
'analyst: a model with a prompt; vocabulary: descriptions of categories, as that model reads them.';
comment on column public.gate_verdicts.origin is
'person: somebody asked for it; automatic: the model was in use while there was no golden set to measure with.';
comment on column public.gate_verdicts.basis is
'golden: measured on the golden set; none: there were too few golden rows.';
comment on column public.gate_verdicts.comparison is
'With what would decide in its place: {"basis", "rows", "before", "after", "margin", "passed", "told", "labels":
[{"category", "rows", "before", "after"}]}.';
comment on column public.gate_verdicts.forced is
'It lost, or there were too few rows to measure with, and a person let it decide all the same.';

-- sql/tables/invitations.sql
create table private.invitations (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,

    email text not null,  -- lower case, as the auth server keeps addresses
    role text not null,
    invited_by uuid,  -- null: the service
    -- hex sha256 of every token given out for it: one to the inviter, one in each mail that was tried
    token_hashes text[] not null default '{}',

    mailed_at timestamptz,  -- null: still to be sent
    -- not before; while one is being sent, its lease ends
    mail_after timestamptz not null default now(),
    mail_attempt integer not null default 0,  -- with the id: the fence; only grows
    mail_error text,

    expires_at timestamptz not null default now() + interval '7 days',
    created_at timestamptz not null default now(),

    constraint invitations_pkey primary key (id),
    constraint invitations_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint invitations_email_is_invited_once unique (workspace_id, email),
    constraint invitations_email_is_lower_case check (email = lower(email)),
    constraint invitations_role_is_known check (role in ('owner', 'editor', 'viewer')),
    constraint invitations_mail_attempt_is_not_negative check (mail_attempt >= 0)
);
create index idx_invitations_to_mail on private.invitations (mail_after) where mailed_at is null;
create index idx_invitations_email on private.invitations (email);
comment on table private.invitations is
'Who was asked into a workspace and has not answered yet; and the outbox of the mails that ask.

A row goes when it is accepted or revoked. No token is kept: a worker makes a fresh one for each mail it sends.';

-- sql/tables/invitation_mails.sql
create table private.invitation_mails (
    id bigint not null generated always as identity,
    workspace_id uuid not null,

    tried_at timestamptz not null default clock_timestamp(),

    constraint invitation_mails_pkey primary key (id),
    constraint invitation_mails_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
create index idx_invitation_mails_workspace_id on private.invitation_mails (workspace_id, tried_at);
create index idx_invitation_mails_tried_at on private.invitation_mails (tried_at);
comment on table private.invitation_mails is
'A row a mail that was handed to a worker in the last hour, also where its invitation was revoked since.

It limits what a workspace sends to people who did not ask for it; older rows are removed by the next claim.';

-- sql/tables/api_keys.sql
create table public.api_keys (
    id uuid not null default gen_random_uuid(),  -- and of the auth server's user its requests run as
    workspace_id uuid not null,
    name text not null,
    prefix text not null,  -- what follows cb_: tells keys apart, is no secret
    role text not null,
    scopes text[] not null,

    created_by uuid,  -- null: the service
    revoked_by uuid,
    created_at timestamptz not null default now(),
    expires_at timestamptz,  -- null: never
    revoked_at timestamptz,
    last_used_at timestamptz,  -- seconds late

    constraint api_keys_pkey primary key (id),
    constraint api_keys_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint api_keys_workspace_id_id_is_unique unique (workspace_id, id),
    constraint api_keys_prefix_is_unique unique (prefix),
    constraint api_keys_name_is_not_blank check (btrim(name) <> ''),
    constraint api_keys_name_fits check (char_length(name) <= 100),
    constraint api_keys_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint api_keys_role_is_known check (role in ('editor', 'viewer'))
);
comment on table public.api_keys is
'Programs that may ask the REST API about one workspace, what for, and until when. A revoked key stays listed.

A key is a user of its own, under the key''s id: row level security sees its role here, while it is neither
revoked nor expired. Scopes are the API''s to check.';

-- sql/tables/api_key_secrets.sql
create table private.api_key_secrets (
    key_id uuid not null,
    workspace_id uuid not null,
    token_hash text not null,  -- sha256 of the whole key; the key itself is nowhere
    signing_key text not null,  -- with the key it makes the password of the key's user

    constraint api_key_secrets_pkey primary key (key_id),
    constraint api_key_secrets_key_id_fkey
    foreign key (workspace_id, key_id) references public.api_keys (workspace_id, id) on delete cascade,
    constraint api_key_secrets_token_hash_is_unique unique (token_hash)
);
create index idx_api_key_secrets_key_id on private.api_key_secrets (workspace_id, key_id);
comment on table private.api_key_secrets is
'What API keys are known by. Neither the hash nor the signing key lets anybody in without the key.';

-- sql/tables/api_key_log.sql
create table public.api_key_log (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    key_id uuid not null,
    event text not null,
    actor_id uuid,  -- who created or revoked it; null: the service

    method text,
    route text,  -- the template: no ids, no query
    status integer,
    request_id text,
    address text,

    created_at timestamptz not null default now(),

    constraint api_key_log_pkey primary key (id),
    constraint api_key_log_key_id_fkey
    foreign key (workspace_id, key_id) references public.api_keys (workspace_id, id) on delete cascade,
    constraint api_key_log_event_is_known check (event in ('created', 'revoked', 'request')),
    constraint api_key_log_request_has_a_status check ((event = 'request') = (status is not null))
);
create index idx_api_key_log_key_id on public.api_key_log (workspace_id, key_id, created_at desc);
create index idx_api_key_log_newest on public.api_key_log (workspace_id, created_at desc, id desc);
create index idx_api_key_log_requests on public.api_key_log (created_at) where event = 'request';
comment on table public.api_key_log is
'What was done with API keys, and to them: who created and revoked them, and every request, never its contents.

Requests are kept for 90 days.';

-- sql/tables/daily_spending.sql
create table public.daily_spending (
    workspace_id uuid not null,
    day date not null,  -- of UTC

    reserved numeric(14, 6) not null default 0,  -- US dollars that answers under way may cost at most
    settled numeric(14, 6) not null default 0,  -- US dollars that were spent

    constraint daily_spending_pkey primary key (workspace_id, day),
    constraint daily_spending_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint daily_spending_is_not_negative check (least(reserved, settled) >= 0)
);
comment on table public.daily_spending is
'What models cost a workspace on a day of UTC, and what those that are being asked may cost yet.

Both together are held against workspaces.daily_budget, by the lock of this one row. spending says for what.';

-- sql/tables/spending.sql
create table public.spending (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    day date not null,  -- of UTC
    kind text not null,  -- what it was for: categorize_content, categorize_campaign, embedding
    model text not null,

    requests bigint not null default 0,  -- texts that were asked about
    cost numeric(14, 6) not null default 0,  -- US dollars

    constraint spending_pkey primary key (id),
    constraint spending_line_is_unique unique (workspace_id, day, kind, model),
    constraint spending_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint spending_kind_is_snake_case check (kind ~ '^[a-z][a-z0-9_]*$'),
    constraint spending_is_not_negative check (least(requests, cost) >= 0)
);
comment on table public.spending is
'What models cost, by workspace, day of UTC, kind of work and model; what was reserved is added when it is settled.

What nobody reported, because a worker died, counts as its estimate.';

-- sql/tables/reservations.sql
create table private.reservations (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    day date not null,  -- of UTC, when it was made
    kind text not null,
    model text not null,

    requests integer not null,
    amount numeric(14, 6) not null,  -- US dollars, at most

    expires_at timestamptz not null,

    constraint reservations_pkey primary key (id),
    constraint reservations_day_fkey
    foreign key (workspace_id, day) references public.daily_spending (workspace_id, day) on delete cascade,
    constraint reservations_kind_is_snake_case check (kind ~ '^[a-z][a-z0-9_]*$'),
    constraint reservations_is_not_negative check (least(requests, amount) >= 0)
);
create index idx_reservations_expires_at on private.reservations (workspace_id, day, expires_at);
comment on table private.reservations is
'What a model that is being asked may cost. One that nobody settled until it expired counts as spent in full.';

-- sql/tables/backfills.sql
create table public.backfills (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,

    kind text not null,
    state text not null default 'running',
    selection jsonb not null default '{}',  -- which rows; see core/selection.py
    batched boolean not null default false,  -- a model is asked in batches, at half the price, within a day
    switches boolean not null default true,  -- vectors: use them as soon as all are there
    embedding_model text,  -- vectors: of the new ones
    previous_model text,  -- vectors: of those before the switch

    place text not null default '',  -- kind/id of the last row that was looked at
    found_missing integer not null default 0,  -- vectors: since the last start from the beginning

    total integer not null default 0,  -- rows to look at when it began
    scanned integer not null default 0,  -- rows looked at
    taken integer not null default 0,  -- of those, rows to do
    done integer not null default 0,
    changed integer not null default 0,  -- labels: rows whose category is another now
    failed integer not null default 0,
    cost numeric(14, 6) not null default 0,  -- US dollars, on the money of the day it was spent

    seconds double precision not null default 0,  -- at work: what it waited or was paused is not counted
    run_at timestamptz not null default now(),  -- not before
    last_error text,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,

    constraint backfills_pkey primary key (id),
    constraint backfills_workspace_id_id_is_unique unique (workspace_id, id),
    constraint backfills_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint backfills_kind_is_known check (kind in ('labels', 'vectors')),
    constraint backfills_state_is_known
    check (state in ('running', 'paused', 'ready', 'switched', 'rolled_back', 'done', 'canceled')),
    constraint backfills_selection_is_an_object check (jsonb_typeof(selection) = 'object'),
    constraint backfills_vectors_have_a_model check ((kind = 'vectors') = (embedding_model is not null)),
    constraint backfills_is_not_negative
    check (least(found_missing, total, scanned, taken, done, changed, failed, cost, seconds) >= 0)
);
-- what is under way; the other columns are for lists
create index idx_backfills_workspace_id on public.backfills (workspace_id, created_at desc);
create unique index idx_backfills_one_is_open
on public.backfills (workspace_id, kind) where state in ('running', 'paused', 'ready');
comment on table public.backfills is
'Work on rows that are there already: label them again, or give them vectors by another model.

Any worker takes the next rows by itself. running, paused: see run_at; ready: all vectors are there; switched: they
are in use, and the old ones are kept for a way back; done, canceled, rolled_back: over.';
comment on column public.backfills.place is
'Where the next worker goes on: rows are taken in the order of their ids, so that a million of them cost no sort.';

-- sql/tables/model_batches.sql
create table public.model_batches (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    backfill_id uuid not null,

    model text not null,
    ticket jsonb not null,  -- what the provider gave, and what is needed to read its answers
    hashes jsonb not null,  -- id of a row to the content hash that was asked about
    reservation_id uuid,  -- of the budget; ends after a day, and counts as spent then
    look_at timestamptz not null,  -- when to ask the provider next

    created_at timestamptz not null default now(),

    constraint model_batches_pkey primary key (id),
    constraint model_batches_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint model_batches_backfill_id_fkey
    foreign key (workspace_id, backfill_id) references public.backfills (workspace_id, id) on delete cascade,
    constraint model_batches_ticket_is_an_object check (jsonb_typeof(ticket) = 'object'),
    constraint model_batches_hashes_is_an_object check (jsonb_typeof(hashes) = 'object')
);
create index idx_model_batches_backfill_id on public.model_batches (workspace_id, backfill_id);
create index idx_model_batches_look_at on public.model_batches (look_at);
comment on table public.model_batches is
'Questions that wait with a provider, which answers within a day; gone when the answers are written.';

-- sql/tables/spare_vectors.sql
create table private.spare_vectors (
    workspace_id uuid not null,
    kind text not null,  -- as jobs have it
    target_id uuid not null,
    embedding_model text not null,

    content_hash text not null,  -- of the text it was made from
    embedding extensions.vector(1536),  -- unit length; null when there is nothing to embed

    constraint spare_vectors_pkey primary key (target_id, embedding_model),
    constraint spare_vectors_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint spare_vectors_kind_is_known
    check (kind in ('categorize_content', 'categorize_campaign', 'embed_category', 'embed_tag'))
);
create index idx_spare_vectors_workspace_id on private.spare_vectors (workspace_id, embedding_model);
comment on table private.spare_vectors is
'Vectors beside those in use: the next ones while a backfill makes them, the last ones after it switched.';
