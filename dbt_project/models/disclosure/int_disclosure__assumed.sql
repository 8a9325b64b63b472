select
    mart,
    row_key,
    case when is_open and not is_hidden then people_count end as people_count,
    at_most_count
from {{ ref('int_disclosure__stated') }}
union distinct  -- single areas that are printed themselves are stated already
select
    'fct_indicator_value' as mart,
    {{ row_key([
        'figures.indicator_id', 'figures.definition_version', 'figures.area_kind', 'figures.area_id', 'figures.variant_id',
        'figures.role', 'figures.territory', 'figures.period'
    ]) }} as row_key,
    cast(null as bigint) as people_count,
    counted.at_most_count
from {{ ref('int_disclosure__counted') }} as counted
inner join {{ ref('fct_indicator_value') }} as figures
    on counted.table_id = {{ table_of_indicator('figures') }}
    and counted.piece_id = figures.area_id
