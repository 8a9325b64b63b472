{{ config(meta={'sentence_de': 'es gibt genau ein Programm', 'sentence_en': 'there is exactly one programme'}) }}
-- The default variant is read from one programme; none or two would empty or double the area set marts. In a state it is one
-- for each of its cities.
select count(*) as programme_count
from {{ ref('stg_programme_programme') }}
having count(*) = 0 or count(*) <> count(distinct programme)
