with judged as (
    select
        events.*,
        {{ programme_of('events.event_id') }} as programme,
        case
            when events.participant_count < {{ number_of_rule('minimum_count', programme_of('events.event_id')) }} then 'protected'
        end as hidden_reason
    from {{ ref('fct_participation_event') }} as events
    where {{ beside("'fct_participation_event'", 'events.event_id') }} in {{ named_by_rule('marts') }} and events.period >= {{ number_of_rule('first_period', programme_of('events.event_id')) }}
)

select
    event_id,
    event_format,
    event_on,
    period,
    area_id,
    case when hidden_reason is null then {{ printed_count('participant_count') }} end as participant_count,
    idea_count,
    source_id,
    hidden_reason is not null as is_hidden,
    hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    is_synthetic
from judged
