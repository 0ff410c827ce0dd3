create function public.approve(
    -- the id of content or a post
    target uuid,
    -- why, for the history
    note text default null
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.set_approval(approve.target, 'approved', approve.note);
$$;
comment on function public.approve is
'Approve content or a post: it may be scheduled and posted. For editors and owners.

No rule takes it back; another text needs another approval.';
revoke execute on function public.approve from public, anon;
grant execute on function public.approve to authenticated, service_role;
