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
