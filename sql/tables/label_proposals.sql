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
