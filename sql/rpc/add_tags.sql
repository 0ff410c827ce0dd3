create function public.add_tags(
    workspace_id uuid,
    -- [{"name": "students", "tag_type": "audience", "description": "...", "keywords": [], "aliases": [],
    -- "manual_only": false}]
    tags jsonb
)
    -- how many were added
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    added integer;
begin
    insert into public.tags (workspace_id, name, tag_type, description, keywords, aliases, manual_only)
    select
        add_tags.workspace_id,
        given.name,
        given.tag_type,
        given.description,
        coalesce(given.keywords, '{}'),
        coalesce(given.aliases, '{}'),
        coalesce(given.manual_only, false)
    from jsonb_to_recordset(add_tags.tags) as given (
        name text, tag_type text, description text, keywords text[], aliases text[], manual_only boolean
    )
    -- in one order for everybody, so that two who add the same ones do not deadlock
    order by private.fold_tag(given.name)
    on conflict do nothing;
    get diagnostics added = row_count;
    return added;
end
$$;
comment on function public.add_tags is
'Add tags to a workspace; those that are another spelling of one that exists are left alone.';
revoke execute on function public.add_tags from public, anon;
grant execute on function public.add_tags to authenticated, service_role;
