{# The one place that decides whether two periods of an indicator may be compared: not across a blocking break. The first
   period of a baseline is asked for too, whether anything was delivered for it or not. #}
with periods as (
    select distinct period from {{ ref('int_measure__unioned') }}
    union
    select first_period as period from {{ ref('stg_programme_baseline') }}
)

select distinct breaks.indicator_id, breaks.definition_version, earlier.period as earlier_period, later.period
from {{ ref('int_indicator__break') }} as breaks
inner join periods as earlier on breaks.period > earlier.period
inner join periods as later on breaks.period <= later.period
where breaks.severity = 'blocking'
