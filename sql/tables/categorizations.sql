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
