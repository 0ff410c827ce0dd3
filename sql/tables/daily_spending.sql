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
