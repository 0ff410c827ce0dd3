alter table public.cache_entries enable row level security;

-- for the service alone, which row level security does not bind; nobody else holds a grant, so there is no policy
grant select, insert, update, delete on public.cache_entries to service_role;
