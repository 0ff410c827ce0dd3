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
