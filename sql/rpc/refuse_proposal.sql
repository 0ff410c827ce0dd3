create function public.refuse_proposal(proposal_id uuid)
    -- the word
    returns text
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.refuse_proposal(refuse_proposal.proposal_id);
$$;
comment on function public.refuse_proposal is
'Say that a proposed word shall be no label; it is not proposed again. For editors.';
revoke execute on function public.refuse_proposal from public, anon;
grant execute on function public.refuse_proposal to authenticated, service_role;
