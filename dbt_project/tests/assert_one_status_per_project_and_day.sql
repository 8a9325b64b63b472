{{ config(meta={'sentence_de': 'jedes Teilprojekt hat an jedem Tag nur einen Status', 'sentence_en': 'every sub-project has one status on each day'}) }}
-- No sub-project is in two statuses on one day.
select earlier.project_id, earlier.valid_from, later.valid_from as overlapping_from
from {{ ref('fct_project_status') }} as earlier
inner join {{ ref('fct_project_status') }} as later
    on earlier.project_id = later.project_id
    and earlier.valid_from < later.valid_from
    and (earlier.valid_to is null or earlier.valid_to >= later.valid_from)
