create function public.merge_tags(
    workspace_id uuid,
    -- the name of the tag that goes
    source text,
    -- the name of the one that stays
    target text
)
    -- {"kept": name of the tag that stays, "assets", "campaigns", "rules": how many were changed}
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.merge_tags(merge_tags.workspace_id, merge_tags.source, merge_tags.target);
$$;
comment on function public.merge_tags is
'Make two tags one: whatever has the one that goes has the other from now on, rules included. For editors.

Its name stays known as another name of the one that stays. The history keeps the names it had. Merging what is merged
already changes nothing.';
revoke execute on function public.merge_tags from public, anon;
grant execute on function public.merge_tags to authenticated, service_role;
