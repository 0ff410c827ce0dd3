create function private.campaign_text(
    name text,
    content_style text,
    visual_style text,
    hashtag_strategy text,
    cta_pattern text
)
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        nullif(
            concat_ws(
                e'\n',
                case when not private.is_blank(name) then name end,
                case when not private.is_blank(content_style) then content_style end,
                case when not private.is_blank(visual_style) then visual_style end,
                case when not private.is_blank(hashtag_strategy) then hashtag_strategy end,
                case when not private.is_blank(cta_pattern) then cta_pattern end
            ),
            ''
        );
$$;
comment on function private.campaign_text is
'What there is to read of a campaign, a line each: name, styles, hashtags, call to action.';
revoke execute on function private.campaign_text from public, anon;
grant execute on function private.campaign_text to authenticated, service_role;
