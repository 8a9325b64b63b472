with series as ({{ printed_series() }}
)

select
    parts.indicator_id,
    parts.definition_version,
    parts.variant_id,
    parts.role,
    parts.baseline_period,
    parts.period,
    parts.component,
    {% for figure in ['effect', 'change'] %}
    case when series.hidden_reason is null then {{ printed('parts.' ~ figure, 'series.decimals') }} end as {{ figure }},
    {% endfor %}
    cast(case when series.hidden_reason is null then series.decimals end as bigint) as decimals,
    parts.change_unit,
    series.hidden_reason is not null as is_hidden,
    series.hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    parts.is_synthetic
from {{ ref('fct_change_decomposition') }} as parts
inner join series
    on parts.indicator_id = series.indicator_id
    and parts.definition_version = series.definition_version
    and parts.variant_id = series.variant_id
    and parts.role = series.role
where {{ beside("'fct_change_decomposition'", 'parts.indicator_id') }} in {{ named_by_rule('marts') }} and parts.baseline_period >= {{ number_of_rule('first_period', programme_of('parts.indicator_id')) }}
