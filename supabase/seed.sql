-- The workspace the command line and the demo use; its id is the same on every engine.
insert into public.workspaces (id, name)
values ('00000000-0000-0000-0000-000000000001', 'default')
on conflict (id) do nothing;
