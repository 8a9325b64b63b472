{# Tables and views written under their names at once. A build starts from an empty private database that nobody reads
   before it is exported, so dbt's way of building under another name, renaming and dropping what was there before
   protects nobody, and takes a third of dbt's time. Other engines keep dbt's own way. #}

{% materialization table, adapter='duckdb' %}
  {% set target = this.incorporate(type='table') %}
  {{ drop_relation_if_exists(load_cached_relation(this)) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') %}{{ create_table_as(False, target, compiled_code) }}{% endcall %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
  {% set target = this.incorporate(type='view') %}
  {{ drop_relation_if_exists(load_cached_relation(this)) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') %}{{ get_create_view_as_sql(target, compiled_code) }}{% endcall %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}
