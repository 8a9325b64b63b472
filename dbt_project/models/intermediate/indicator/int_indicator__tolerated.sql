{# How far a delivered value may lie from the true one: the tolerance of the catalogue and all that breaks of
   severity `tolerance` added up to the period. #}
select
    sourced.indicator_id,
    sourced.definition_version,
    periods.period,
    {{ t_double('max(sourced.tolerance)') }} + {{ t_double('coalesce(sum(breaks.added_tolerance), 0)') }} as tolerance
from {{ ref('int_indicator__sourced') }} as sourced
cross join (select distinct period from {{ ref('int_measure__unioned') }}) as periods
left join {{ ref('int_indicator__break') }} as breaks
    on sourced.indicator_id = breaks.indicator_id
    and sourced.definition_version = breaks.definition_version
    and breaks.period <= periods.period
    and breaks.severity = 'tolerance'
group by sourced.indicator_id, sourced.definition_version, periods.period
