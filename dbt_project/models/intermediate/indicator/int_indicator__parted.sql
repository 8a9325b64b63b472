{# Which periods of an indicator may not be compared, for all that asks below the marts. The first
   period of a baseline is asked for too, whether anything was delivered for it or not. #}
with periods as (
    select distinct {{ programme_of('measure_id') }} as programme, period from {{ ref('int_measure__unioned') }}
    union
    select {{ programme_of('baseline_id') }} as programme, first_period as period from {{ ref('stg_programme_baseline') }}
)

select distinct breaks.indicator_id, breaks.definition_version, earlier.period as earlier_period, later.period
from {{ ref('int_indicator__break') }} as breaks
inner join periods as earlier on {{ programme_of('breaks.indicator_id') }} = earlier.programme
inner join periods as later on {{ programme_of('breaks.indicator_id') }} = later.programme
where {{ parts('breaks', 'earlier.period', 'later.period') }}
