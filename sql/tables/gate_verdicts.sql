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
