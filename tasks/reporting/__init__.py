"""reporting names segments, associates them with columns and draws charts."""
