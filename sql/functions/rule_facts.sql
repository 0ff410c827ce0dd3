create function private.rule_facts(
    -- from asset_facts
    facts jsonb
)
    -- the same with texts folded, `platform` and `tag` as lists, `folded` and `searched` for the text;
    -- null means unknown
    returns jsonb
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
declare
    platform jsonb := '[]';
    tag jsonb := '[]';
    folded text := private.rule_fold(coalesce(facts ->> 'text', ''));
begin
    if jsonb_array_length(facts -> 'platforms') > 0 then
        platform := private.rule_fold_values('platform', facts -> 'platforms');
    end if;
    if jsonb_array_length(facts -> 'tags') > 0 then
        tag := private.rule_fold_values('tag', facts -> 'tags');
    end if;
    return jsonb_build_object(
        'campaign_type', private.rule_fold(facts ->> 'campaign_type'),
        'category', private.rule_fold(facts ->> 'category'),
        'content_type', private.rule_fold(facts ->> 'content_type'),
        'generator', private.rule_fold(facts ->> 'generator'),
        'language', private.rule_fold(facts ->> 'language'),
        'platform', platform,
        'quality_score', facts -> 'quality_score',
        'sentiment', private.rule_fold(facts ->> 'sentiment'),
        'similarity', facts -> 'similarity',
        'tag', tag,
        'target_audience', private.fold_tag(facts ->> 'target_audience'),
        'word_count', facts -> 'word_count',
        'folded', folded,
        'searched', private.rule_search_text(folded)
    );
end
$$;
comment on function private.rule_facts is 'Facts of one asset made ready for many rules.';
revoke execute on function private.rule_facts from public, anon;
grant execute on function private.rule_facts to authenticated, service_role;
