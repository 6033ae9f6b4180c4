"""Ground plans judged: crossings repaired, plans drawn twice, plans in a place where they cannot be."""
