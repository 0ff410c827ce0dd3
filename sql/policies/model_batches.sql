alter table public.model_batches enable row level security;

-- for the service alone, which row level security does not bind; nobody else holds a grant, so there is no policy
grant select, insert, update, delete on public.model_batches to service_role;
