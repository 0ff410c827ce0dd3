create function public.promote_proposal(proposal_id uuid)
    -- the word
    returns text
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.promote_proposal(promote_proposal.proposal_id);
$$;
comment on function public.promote_proposal is
'Make a proposed word a label; the content in which machines met it is labeled again. For editors.

A word that was refused or removed is a label again: somebody asks for it.';
revoke execute on function public.promote_proposal from public, anon;
grant execute on function public.promote_proposal to authenticated, service_role;
