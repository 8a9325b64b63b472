{{ config(meta={'sentence_de': 'jede Zeile nennt eine Lieferung, die es gibt', 'sentence_en': 'every row names a delivery that there is'}) }}
-- A delivery is known by its source and its hash together; a pair nobody delivered leads an auditor to no file.
{% set marts = [
    'bridge_project_area', 'bridge_project_field_of_action', 'bridge_project_support', 'bridge_register_entry',
    'dim_project', 'dim_register_entry', 'fct_measure', 'fct_participation_event', 'fct_project_assessment',
    'fct_project_status', 'fct_rejected_row', 'fct_sentiment',
] %}
with named as (
    {% for mart in marts %}
    select distinct '{{ mart }}' as mart, source_id, delivery_id from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select named.mart, named.source_id, named.delivery_id
from named
left join {{ ref('fct_delivery') }} as deliveries
    on named.source_id = deliveries.source_id and named.delivery_id = deliveries.delivery_id
where deliveries.delivery_id is null
